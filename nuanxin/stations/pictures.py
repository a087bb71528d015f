"""Pictures that strangers hand in: looked at before they are decoded, and never kept as they came."""

import io

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from nuanxin.core.errors import Invalid

MAX_BYTES = 8_000_000
MAX_PIXELS = 40_000_000
MIN_SIDE_PX = 200
LONGEST_SIDE_PX = 1_280
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 76
_BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
)


def reencoded(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """Return a picture as a small WebP without anything but its pixels.

    Parameters
    ----------
    content
        JPEG, PNG or WebP, at most ``MAX_BYTES`` bytes and ``MAX_PIXELS`` pixels.

    Returns
    -------
    (bytes, (width, height))
        WebP, upright, its longest side at most ``LONGEST_SIDE_PX`` pixels; no place, no camera, no
        text, and nothing that stood behind the picture in the file.

    Raises
    ------
    Invalid
        When the file is too big, no such picture, too small to show anything, or broken.

    Notes
    -----
    Size and format are read from the header: a picture that would fill the memory is refused before
    it is unpacked.
    """
    if len(content) > MAX_BYTES:
        raise too_big()
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            _check_size(*image.size)
            image.draft("RGB", (LONGEST_SIDE_PX * 2, LONGEST_SIDE_PX * 2))
            return _written(_upright(image))
    except _BROKEN as error:
        raise _refused(
            _("This is no readable JPEG, PNG or WebP picture."), "not_a_picture"
        ) from error


def too_big() -> Invalid:
    """Return the refusal of a file that is too big to be looked at."""
    limit = MAX_BYTES // 1_000_000
    return _refused(_("The file is bigger than %d MB; send a smaller picture.") % limit, "file_big")


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        limit = MAX_PIXELS // 1_000_000
        text = _("The picture has more than %d million pixels; send a smaller one.") % limit
        raise _refused(text, "too_many_pixels")
    if min(width, height) < MIN_SIDE_PX:
        text = _("The picture is too small: each side needs %d pixels.") % MIN_SIDE_PX
        raise _refused(text, "too_few_pixels")


def _upright(image: Image.Image) -> Image.Image:
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    rgba = turned.convert("RGBA")
    # a fresh canvas: whatever hangs on the picture stays behind
    canvas = Image.new("RGB", rgba.size, "white")
    canvas.paste(rgba, mask=rgba.getchannel("A"))
    return canvas


def _written(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=_QUALITY, method=4)
    return buffer.getvalue(), image.size


def _refused(text: str, code: str) -> Invalid:
    return Invalid(text, code=code, fields={"picture": text})
