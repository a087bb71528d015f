"""Pictures: looked at before they are decoded, and nothing but their pixels is kept."""

import io
import struct
import zlib

import pytest
from PIL import Image

from nuanxin.core.errors import Invalid
from nuanxin.stations import pictures
from nuanxin.stations.pictures import LONGEST_SIDE_PX, reencoded
from tests.office_world import picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><script>x()</script></svg>'
ORIENTATION, GPS = 0x0112, 0x8825


def with_notes() -> bytes:
    """Return a picture lying on its side, with place, camera and a comment."""
    image = Image.new("RGB", (400, 300), (200, 100, 50))
    notes = Image.Exif()
    notes[ORIENTATION] = 6
    notes[0x010F] = "SECRETCAMERA"
    notes.get_ifd(GPS)[1] = "N"
    notes.get_ifd(GPS)[2] = (30.0, 4.0, 33.9)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=notes, comment=b"SECRETCOMMENT", icc_profile=b"SECRETPROFILE")
    return buffer.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Return a PNG that only claims its size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        whole = kind + body
        return struct.pack(">I", len(body)) + whole + struct.pack(">I", zlib.crc32(whole))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_becomes_a_small_webp(kind):
    content, size = reencoded(picture(kind=kind, size=(3_000, 1_500)))

    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size) == ("WEBP", size)
    assert size == (LONGEST_SIDE_PX, LONGEST_SIDE_PX // 2)


def test_picture_keeps_nothing_of_the_camera_and_stands_upright():
    given = with_notes()
    content, size = reencoded(given)

    assert b"SECRETCAMERA" in given
    assert size == (300, 400)
    with Image.open(io.BytesIO(content)) as image:
        assert not image.getexif()
        assert set(image.info) <= {"background", "loop", "timestamp", "duration"}
    for word in (b"SECRET", b"Exif", b"ICCP", b"XMP"):
        assert word not in content


def test_picture_with_a_page_behind_it_loses_the_page():
    content, _size = reencoded(picture() + b"<script>alert(1)</script>PK\x03\x04")

    assert b"script" not in content
    assert b"PK\x03\x04" not in content


def test_picture_with_holes_stands_on_white():
    buffer = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(buffer, "PNG")
    content, _size = reencoded(buffer.getvalue())

    with Image.open(io.BytesIO(content)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_picture"),
        (SVG, "not_a_picture"),
        (b"<!doctype html><p>hello", "not_a_picture"),
        (b"GIF89a" + b"\0" * 400, "not_a_picture"),
        (picture()[:200], "not_a_picture"),
        (b"\xff\xd8\xff" + SVG, "not_a_picture"),
        (picture(size=(1_000, 100)), "too_few_pixels"),
        (bomb(7_000, 7_000), "too_many_pixels"),
        (bomb(60_000, 60_000), "not_a_picture"),
        (picture() + b"\0" * pictures.MAX_BYTES, "file_big"),
    ],
    ids=["empty", "svg", "html", "gif", "cut", "polyglot", "thin", "bomb", "big bomb", "oversize"],
)
def test_what_is_no_fair_picture_is_refused_with_a_sentence(content, code):
    with pytest.raises(Invalid) as refused:
        reencoded(content)

    assert refused.value.code == code
    assert refused.value.fields["picture"]
