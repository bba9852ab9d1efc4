"""Zip archives judged by their directory, then inflated once with a measure at hand.

The directory is what the sender says; what an entry really unpacks to is counted while inflating,
piece by piece, so that a directory that lies costs no more than it declared.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from erp.core.uploads.guards import UnreadableFile

MAX_UNPACKED = 100 * 1024 * 1024  # bytes
MAX_RATIO = 100
RATIO_MATTERS_FROM = 1024 * 1024  # bytes unpacked; tiny files may compress extremely well
MAX_ENTRIES = 1000
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_ENCRYPTED = 0x1
_PIECE = 64 * 1024
_NESTED = (".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".jar")

Fault = Callable[[], UnreadableFile]


def entries_of(content: bytes | BinaryIO, damaged: Fault) -> list[zipfile.ZipInfo]:
    """Return the entries of an archive after judging its directory; nothing is unpacked.

    Raises UnreadableFile ``zip_bomb``, or what ``damaged`` makes: for no archive, an entry that is
    a link, leaves the directory, is encrypted, doubled or an archive itself.
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    size = file.seek(0, io.SEEK_END)
    _check_count(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise damaged() from error
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise UnreadableFile("The archive is too large when unpacked.", "zip_bomb")
    _check_ratio(sum(entry.file_size for entry in entries), size)
    if sum(entry.compress_size for entry in entries) > size:  # parts that share their bytes
        raise UnreadableFile("The archive's parts overlap.", "zip_bomb")
    if len({entry.filename for entry in entries}) < len(entries):
        raise damaged()
    if any(is_dangerous(entry) for entry in entries):
        raise damaged()
    return entries


def _check_count(file: BinaryIO, size: int) -> None:
    """Read how many entries the end of the archive declares, before the directory is read."""
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return  # no archive: zipfile says so
    if struct.unpack_from("<H", tail, at + 10)[0] > MAX_ENTRIES:
        raise UnreadableFile("The archive has too many entries.", "zip_bomb")
    if struct.unpack_from("<L", tail, at + 12)[0] > MAX_ENTRIES * 1000:
        raise UnreadableFile("The archive's directory is too long.", "zip_bomb")


def _check_ratio(unpacked: int, packed: int) -> None:
    if unpacked > RATIO_MATTERS_FROM and unpacked / max(1, packed) > MAX_RATIO:
        raise UnreadableFile("The archive is packed suspiciously tightly.", "zip_bomb")


def is_dangerous(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry is a link, leaves its directory, is secret or an archive."""
    name = entry.filename.replace("\\", "/")
    mode = stat.S_IFMT(entry.external_attr >> 16)
    return (
        mode not in {0, stat.S_IFREG, stat.S_IFDIR}
        or name.startswith("/")
        or ":" in name
        or "\x00" in name
        or ".." in PurePosixPath(name).parts
        or bool(entry.flag_bits & _ENCRYPTED)
        or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        or PurePosixPath(name).suffix.lower() in _NESTED
    )


def pieces_of(file: BinaryIO, entry: zipfile.ZipInfo, damaged: Fault) -> Iterator[bytes]:
    """Yield what an entry unpacks to, piece by piece.

    Raises UnreadableFile ``zip_bomb`` as soon as it is more than the directory declares.
    """
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise damaged()
    fields = _LOCAL_HEADER.unpack(header)
    file.seek(fields[-2] + fields[-1], io.SEEK_CUR)
    unpacked = 0
    for piece in _inflated(file, entry, damaged):
        unpacked += len(piece)
        if unpacked > entry.file_size:
            raise UnreadableFile("The archive unpacks to more than it says.", "zip_bomb")
        yield piece
    if unpacked < entry.file_size:
        raise damaged()


def _inflated(file: BinaryIO, entry: zipfile.ZipInfo, damaged: Fault) -> Iterator[bytes]:
    left = entry.compress_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0:
        packed = file.read(min(left, _PIECE))
        if not packed:
            raise damaged()
        left -= len(packed)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield packed
            continue
        try:
            while packed:
                yield inflate.decompress(packed, _PIECE)
                packed = inflate.unconsumed_tail
        except zlib.error as error:
            raise damaged() from error
        if inflate.eof:
            return
