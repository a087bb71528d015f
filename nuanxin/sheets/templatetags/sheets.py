"""What the page of an import draws."""

from typing import Any

from django import template

register = template.Library()
# beside the word, never alone
_COLOURS = {
    "new": "#2f7d4f",
    "changed": "#2b6cb0",
    "same": "#b9b0a4",
    "suspect": "#c98a12",
    "rejected": "#b3261e",
}


@register.filter
def fate_colour(fate: str) -> str:
    """Return the colour of a fate in the bar."""
    return _COLOURS[fate]


@register.filter
def of_fate(rows: dict[str, Any], fate: str) -> Any:
    """Return the shown rows of one fate."""
    return rows.get(fate, ())


@register.filter
def plain_number(value: float) -> str:
    """Return a number as SVG reads it, whatever the language."""
    return f"{value:.3f}"
