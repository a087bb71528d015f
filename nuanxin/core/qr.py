"""QR codes as pictures inside a page: drawn here, fetched from nowhere."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe

_QUIET_MODULES = 4
_INK, _PAPER = "#000", "#fff"


def qr_svg(text: str) -> SafeString:
    """Return a QR code as an SVG element.

    Parameters
    ----------
    text
        What a camera reads, up to about a thousand characters.

    Returns
    -------
    SafeString
        Black on white also in the dark mode, with the quiet zone of the standard; as wide as its
        container; without styles, which our pages do not allow. The text is nowhere in it but as
        modules: give the element around it a name for those who do not see.

    References
    ----------
    .. [1] ISO/IEC 18004:2015, section 6.3.8 (quiet zone).
    """
    drawn = _code(text).svg_inline(
        border=_QUIET_MODULES, dark=_INK, light=_PAPER, omitsize=True, svgclass="qr-code"
    )
    return mark_safe(drawn)  # noqa: S308  # segno writes numbers and the colours above


def qr_picture(text: str) -> str:
    """Return a QR code as an SVG file of its own, for a printed document; otherwise as `qr_svg`."""
    file = io.BytesIO()
    _code(text).save(file, kind="svg", border=_QUIET_MODULES, dark=_INK, light=_PAPER)
    return file.getvalue().decode()


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False)
