"""Texts of the office's theme, which brings no Chinese: named here so that our catalogue keeps them."""

from django.utils.translation import gettext_lazy as _

THEME_TEXTS = (
    _("Apply Filters"),
    _("Click to download"),
    _("Dark"),
    _("Expand row"),
    _("False"),
    _("Filters"),
    _("General"),
    _("Go back"),
    _("Image preview"),
    _("Light"),
    _("More actions"),
    _("No results found"),
    _("Reset filters"),
    _("Return to site"),
    _("Select all rows"),
    _("Select record"),
    _("System"),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("Toggle password visibility"),
    _("True"),
    _("Type to search"),
    _("Welcome back to"),
    _("You have been successfully logged out from the administration"),
)
