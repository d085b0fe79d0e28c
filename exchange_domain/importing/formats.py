"""What kind of file was uploaded, judged by its content: a name's extension is only a hint."""

from typing import Literal
from zipfile import ZipFile

from exchange_domain.importing.limits import Limits
from exchange_domain.importing.packages import open_package, part_chunks
from exchange_domain.importing.reasons import UnreadableList

Kind = Literal["xlsx", "xls", "ods", "csv"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OTHER_TYPES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"RIFF", "RIFF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"SQLite format 3", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"ID3", "MP3"),
    (b"OggS", "OGG"),
)
_TEXT_TYPES: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<table", "HTML"),
    (b"<?xml", "XML"),
    (b"begin:vcard", "vCard"),
)
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
# What an OLE file holds shows in the UTF-16 names of its streams, which are never split over sectors.
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "DOC"),
    ("PowerPoint Document", "PPT"),
    ("__substg1.0_", "MSG"),
)


def kind_of(data: bytes, limits: Limits) -> Kind:
    """The kind of the list in `data`. Raises UnreadableList when it is empty, protected, or no list at all."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableList("empty_file")
    if data.startswith(_OLE):
        return _ole_kind(data)
    if data.startswith(_ZIP):
        return _zip_kind(data, limits)
    for magic, kind in _OTHER_TYPES:
        # "BM", "MZ" and the like may also begin a heading: only bytes which no text has make them a file type.
        if data.startswith(magic) and (len(magic) > 3 or _is_binary(data)):
            raise UnreadableList("unsupported_type", kind=kind)
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for magic, kind in _TEXT_TYPES:
        if start.startswith(magic):
            raise UnreadableList("unsupported_type", kind=kind)
    if not data.startswith(_WIDE_BOMS) and _is_binary(data):
        raise UnreadableList("unsupported_type", kind="?")
    return "csv"


def _is_binary(data: bytes) -> bool:
    sample = data[:65_536]
    control = sum(sample.count(byte) for byte in (*range(0, 9), *range(14, 26), *range(27, 32)))
    # A stray one or two happen in texts, whatever their length.
    return control > max(2, len(sample) // 1000)


def _ole_kind(data: bytes) -> Kind:
    for stream, kind in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            if kind == "encrypted":
                raise UnreadableList("password_protected")
            raise UnreadableList("unsupported_type", kind=kind)
    if any(stream.encode("utf-16-le") in data for stream in ("Workbook", "Book")):
        return "xls"
    if len(data) < 1536:
        raise UnreadableList("damaged")
    raise UnreadableList("unsupported_type", kind="OLE")


def _zip_kind(data: bytes, limits: Limits) -> Kind:
    with open_package(data, limits) as package:
        names = set(package.namelist())
        if "xl/workbook.xml" in names:
            return "xlsx"
        for name, kind in (
            ("xl/workbook.bin", "XLSB"),
            ("word/document.xml", "DOCX"),
            ("ppt/presentation.xml", "PPTX"),
            ("Index/Document.iwa", "Numbers"),
            ("AndroidManifest.xml", "APK"),
        ):
            if name in names:
                raise UnreadableList("unsupported_type", kind=kind)
        if "content.xml" in names:
            return _open_document_kind(package, names)
        if "[Content_Types].xml" in names:
            raise UnreadableList("damaged")
        raise UnreadableList("unsupported_type", kind="ZIP")


def _open_document_kind(package: ZipFile, names: set[str]) -> Kind:
    mimetype = b"".join(part_chunks(package, "mimetype")) if "mimetype" in names else b""
    if b"spreadsheet" not in mimetype:
        raise UnreadableList("unsupported_type", kind="ODT" if b"text" in mimetype else "ZIP")
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in b"".join(part_chunks(package, manifest)):
        raise UnreadableList("password_protected")
    return "ods"
