"""{% amount %}, {% line_status %}, {% age %} and the other words templates use."""

from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string


def draw(source: str, **context: object) -> str:
    """Render a line of template with the books' words loaded."""
    return Template("{% load books %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (123450, "EUR", "1,234.50"),
        (-123450, "EUR", "−1,234.50"),
        (0, "EUR", "0.00"),
        (1500, "JPY", "1,500"),
        (-1, "KWD", "−0.001"),
        (999_999_999_999_999, "EUR", "9,999,999,999,999.99"),
    ],
)
def test_amount_is_written_in_the_projects_currency(minor, currency, written):
    project = SimpleNamespace(currency=currency)
    expected = f'<span class="amount" data-minor="{minor}">{written}</span>'
    assert draw("{% amount minor %}", project=project, minor=minor) == expected
    assert draw("{% amount minor currency %}", minor=minor, currency=currency) == expected


def test_an_unknown_amount_is_a_dash():
    assert draw("{% amount minor %}", minor=None) == '<span class="amount quiet">–</span>'
    assert draw("{% amount missing %}") == '<span class="amount quiet">–</span>'


def test_line_status_is_the_promised_word():
    marks = [draw("{% line_status s %}", s=s) for s in ("auto", "manual", "open")]
    words = ("Auto Reconciled", "Manually Reconciled", "Unreconciled")
    assert all(word in mark for word, mark in zip(words, marks, strict=True))


def test_age_is_marked_when_old():
    assert draw("{% age 1 %}") == '<span class="age">1 day</span>'
    assert draw("{% age 60 %}") == '<span class="age">60 days</span>'
    assert draw("{% age 1061 %}") == '<span class="age age-old">1,061 days</span>'
    assert draw("{% age None %}") == '<span class="quiet">–</span>'


def test_count_and_percent():
    assert draw("{{ n|count }} {{ none|count }}", n=1234567, none=None) == "1,234,567 –"
    shares = [100, 99.97, 97.25, 81.25, 0]
    drawn = [draw("{{ p|percent }}", p=share) for share in shares]
    assert drawn == ["100.0 %", "99.9 %", "97.3 %", "81.3 %", "0.0 %"]


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in draw('{% icon "bank" %}')
    labelled = draw('{% icon "bank" label %}', label='A "bank"')
    assert 'role="img" aria-label="A &quot;bank&quot;"' in labelled


class Sample(forms.Form):
    """One field of each kind of widget."""

    name = forms.CharField(help_text="As on the statement.")
    currency = forms.ChoiceField(choices=[("EUR", "EUR")])
    agreed = forms.BooleanField()
    side = forms.ChoiceField(choices=[("bank", "Bank")], widget=forms.RadioSelect)


def test_form_fields_carry_label_help_and_errors():
    page = render_to_string("components/_form_fields.html", {"form": Sample({})})
    for look in ('class="form-control"', 'class="form-select"', 'class="form-check-input"'):
        assert look in page
    assert page.count('role="alert"') == 4
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'id="id_name_helptext"' in page and 'id="id_name_error"' in page
    assert '<label for="id_name">Name</label>' in page and "<legend>Side</legend>" in page
