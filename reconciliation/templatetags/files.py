"""What the page of a file writes: amounts that are text still, before they are stored."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def written_amount(text: str) -> SafeString:
    """Write a plain decimal for the eye, thousands separated; other text as it is."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return format_html('<span class="amount">{}</span>', text or "–")
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    return format_html('<span class="amount">{}{}</span>', sign, f"{abs(amount):,f}")


@register.filter
def written_size(size_bytes: int) -> str:
    """Write a file size for the eye."""
    if size_bytes < 10_000:
        return f"{size_bytes:,} bytes"
    return (
        f"{size_bytes / 1_000_000:,.1f} MB"
        if size_bytes >= 1_000_000
        else f"{size_bytes // 1000} KB"
    )
