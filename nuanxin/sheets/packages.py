"""ZIP packages: everything that can be said against one before a sheet is read."""

import io
import itertools
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from nuanxin.sheets.unreadable import refuse

MAX_BYTES = 50 * 2**20
MAX_DECLARED = 500 * 2**20
MAX_RATIO = 100
# Up to here any ratio will do: a sheet of the same few words shrinks a hundredfold honestly.
_RATIO_FREE = 96 * 2**20
_MAX_ENTRIES = 2_000
_MAX_DIRECTORY = 2 * 2**20
_END = b"PK\x05\x06"
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Package:
    """What a package holds: ``xlsx`` or another kind calamine reads, and its entries."""

    kind: str
    entries: dict[str, zipfile.ZipInfo]


def check(content: bytes) -> Package:
    """Check a package by what it declares, without inflating anything.

    Returns
    -------
    Package
        Its kind and entries by name.

    Raises
    ------
    Unreadable
        ``too_large``, ``bomb``, ``damaged``, ``password``, ``macros``, ``external_links``,
        ``duplicate_entries``, ``unsafe_entries`` or ``not_a_sheet``.

    Notes
    -----
    Some milliseconds at most: a directory of more than two thousand entries is not read.
    """
    if len(content) > MAX_BYTES:
        refuse("too_large", str(MAX_BYTES // 2**20))
    _check_directory(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
    except (
        zipfile.BadZipFile,
        ValueError,
        NotImplementedError,
        EOFError,
        OverflowError,
        struct.error,
        IndexError,
    ):
        refuse("damaged")
    _check_sizes(content, infos)
    entries = _by_name(infos)
    kind = _kind(entries)
    _check_parts(entries)
    return Package(kind, entries)


def inflate(content: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Inflate one entry bit by bit; stop where it grows beyond what it declared.

    Raises
    ------
    Unreadable
        ``bomb`` when the entry is larger than declared, ``damaged`` when it cannot be inflated.
    """
    try:
        with io.BytesIO(content) as stream:
            stream.seek(info.header_offset)
            header = stream.read(30)
            name_length, extra_length = struct.unpack("<HH", header[26:30])
            start = info.header_offset + 30 + name_length + extra_length
    except struct.error:
        refuse("damaged")
    packed = memoryview(content)[start : start + info.compress_size]
    if len(packed) < info.compress_size or info.compress_type not in (
        zipfile.ZIP_STORED,
        zipfile.ZIP_DEFLATED,
    ):
        refuse("damaged")
    yield from _grow(packed, info)


def _grow(packed: memoryview, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.compress_type == zipfile.ZIP_STORED:
        if len(packed) != info.file_size:
            refuse("damaged")
        for start in range(0, len(packed), _CHUNK):
            yield bytes(packed[start : start + _CHUNK])
        return
    engine, grown = zlib.decompressobj(-15), 0
    rest: bytes | memoryview = packed
    try:
        while rest and not engine.eof:
            piece = engine.decompress(
                rest[: 1 << 16] if isinstance(rest, memoryview) else rest, _CHUNK
            )
            if isinstance(rest, memoryview):
                packed = rest[1 << 16 :]
            grown += len(piece)
            if grown > info.file_size:
                refuse("bomb")
            if piece:
                yield piece
            rest = engine.unconsumed_tail or packed
    except zlib.error:
        refuse("damaged")
    if not engine.eof or grown != info.file_size:
        refuse("damaged")


def _check_directory(content: bytes) -> None:
    end = content.rfind(_END, max(0, len(content) - 65_557))
    if end < 0 or len(content) < end + 22:
        refuse("damaged")
    count, size = struct.unpack("<HI", content[end + 10 : end + 16])
    if count > _MAX_ENTRIES or size > _MAX_DIRECTORY:
        refuse("bomb")


def _check_sizes(content: bytes, infos: list[zipfile.ZipInfo]) -> None:
    declared = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if declared > MAX_DECLARED or (
        declared > _RATIO_FREE and declared > MAX_RATIO * max(packed, 1)
    ):
        refuse("bomb")
    if packed > len(content):
        refuse("bomb")  # entries share their bytes
    spans = sorted((info.header_offset, info.header_offset + info.compress_size) for info in infos)
    if any(end > start for (_s, end), (start, _e) in itertools.pairwise(spans)):
        refuse("bomb")


def _by_name(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    entries: dict[str, zipfile.ZipInfo] = {}
    seen = set()
    for info in infos:
        name = info.orig_filename.replace("\\", "/")
        if name.startswith("/") or ":" in name or "\x00" in name or ".." in name.split("/"):
            refuse("unsafe_entries")
        if name.casefold() in seen:
            refuse("duplicate_entries")
        if info.flag_bits & 0x1:
            refuse("password")
        seen.add(name.casefold())
        entries[name] = info
    return entries


def _kind(entries: dict[str, zipfile.ZipInfo]) -> str:
    names = {name.casefold() for name in entries}
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    for start, what in (
        ("word/", "Word"),
        ("ppt/", "PowerPoint"),
        ("ofd.xml", "OFD"),
        ("visio/", "Visio"),
        ("index/", "Numbers"),
    ):
        if any(name.startswith(start) for name in names):
            refuse("not_a_sheet", what)
    return refuse("not_a_sheet", "archive")


def _check_parts(entries: dict[str, zipfile.ZipInfo]) -> None:
    for name in entries:
        low = name.casefold()
        if "vbaproject" in low or low.startswith(("xl/macrosheets", "basic/", "scripts/")):
            refuse("macros")
        if low.startswith("xl/externallinks/"):
            refuse("external_links")
        if low.startswith("xl/embeddings/") and low.endswith(
            (".exe", ".dll", ".bat", ".js", ".vbs")
        ):
            refuse("unsafe_entries")
