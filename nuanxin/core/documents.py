"""Printed documents: a typst template of ours, data, and the fonts the front end brings."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from nuanxin.core.errors import DomainError


def pdf_of(template: Path, data: Mapping[str, Any]) -> bytes:
    """Return a document as PDF.

    Parameters
    ----------
    template
        A typst file of ours; it reads nothing outside its own folder.
    data
        What JSON can hold. The template gets it as text in ``sys.inputs.data``: words of users are
        values there, never markup.

    Returns
    -------
    bytes
        The PDF, with the glyphs it uses.

    Raises
    ------
    DomainError
        ``fonts_missing``, status 503, when there is no font to draw Chinese with.

    Notes
    -----
    No query; about a tenth of a second. Fonts of the machine are left out, so that every site
    prints the same. No script runs and nothing is fetched.
    """
    compiled = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=[str(_fonts())],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
    )
    if not isinstance(compiled, bytes):
        msg = f"{template.name} did not become one PDF"
        raise TypeError(msg)
    return compiled


def _fonts() -> Path:
    fonts = Path(settings.FONTS_DIR)
    if not any(fonts.glob("*.ttf")):
        raise DomainError(
            _(
                "The fonts of printed documents are missing. Build the front end (make frontend), or "
                "name their folder in NUANXIN_FONTS."
            ),
            code="fonts_missing",
            status=503,
        )
    return fonts
