"""What pages say about the books: amounts, ages, statuses and counts, written one way everywhere.

Law: a template never formats a number itself; it says ``{% amount … %}`` and gets tabular figures.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects.currency import currency_decimals
from reconciliation.money import format_grouped, format_percent
from reconciliation.period import outside_period
from reconciliation.vocabulary import LineStatus

register = template.Library()

STATUS_LOOKS = {
    LineStatus.OPEN: "mark mark-unsure",
    LineStatus.AUTO: "mark mark-good",
    LineStatus.MANUAL: "mark mark-accent",
}
CONTROL_CLASSES = {"checkbox": "form-check-input", "select": "form-select"}
OLD_DAYS = 60


@register.simple_tag(takes_context=True)
def amount(context: Context, amount_minor: int | None, currency: str = "") -> SafeString:
    """Write minor units for the eye; the currency is the page's project's unless it is named.

    The span also carries the minor units as ``data-minor``, so that a script never parses text.
    """
    if amount_minor is None or amount_minor == "":
        return format_html('<span class="amount quiet">{}</span>', "–")
    decimals = currency_decimals(currency or _project_currency(context))
    written = format_grouped(int(amount_minor), decimals)
    return format_html('<span class="amount" data-minor="{}">{}</span>', int(amount_minor), written)


@register.simple_tag
def line_status(status: str) -> SafeString:
    """Write a line's status as a badge: Auto Reconciled, Manually Reconciled or Unreconciled."""
    word = LineStatus(status)
    return format_html('<span class="{}">{}</span>', STATUS_LOOKS[word], word.label)


@register.simple_tag(takes_context=True)
def period_mark(context: Context, day: dt.date | str) -> SafeString | str:
    """Mark a day (or ISO text) outside the period of the page's project; nothing for one inside."""
    project: Any = context.get("project")
    if project is None or not day:
        return ""
    found = dt.date.fromisoformat(day) if isinstance(day, str) else day
    where = outside_period(found, project.period_start, project.period_end)
    return where and format_html(
        '<span class="mark mark-unsure" title="{} is {}">outside the period</span>',
        f"{found:%-d %b %Y}",
        where,
    )


@register.simple_tag
def age(age_days: int | None, unit: str = "") -> SafeString:
    """Write an age in days, marked when it is older than sixty days."""
    if age_days is None:
        return format_html('<span class="quiet">{}</span>', "–")
    look = "age age-old" if age_days > OLD_DAYS else "age"
    unit = unit or ("day" if age_days == 1 else "days")
    return format_html('<span class="{}">{} {}</span>', look, count(age_days), unit)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of the sprite; without a label it is decoration and silent."""
    address = f"{static('img/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>',
            label,
            address,
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.filter
def count(number: int | None) -> str:
    """Write a whole number with thousands separated by commas."""
    return "–" if number is None else f"{int(number):,}"


@register.filter
def percent(pct: float | None) -> str:
    """Write a percentage (0 to 100) with one decimal; a dash for none."""
    return "–" if pct is None else format_percent(pct)


@register.filter
def control(field: BoundField) -> SafeString:
    """Draw a form field's widget in the house's look; groups of choices are styled as a group."""
    if field.use_fieldset:
        return field.as_widget()
    widget = field.field.widget
    look = CONTROL_CLASSES.get(getattr(widget, "input_type", ""), "form-control")
    return field.as_widget(attrs={"class": f"{look} {widget.attrs.get('class', '')}".strip()})


@register.filter
def is_check(field: BoundField) -> bool:
    """Say whether the field is one checkbox, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


def _project_currency(context: Context) -> str:
    project: Any = context.get("project")
    return project.currency if project is not None else ""
