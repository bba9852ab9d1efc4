"""Pictures: judged by their header, decoded once, written anew without what a camera adds."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageFile, ImageOps

from erp.core.uploads.guards import UnreadableFile, check_size, suffix_of

MAX_PIXELS = {"JPEG": 60_000_000, "PNG": 30_000_000, "WEBP": 30_000_000}
MAX_SIDE = 20_000
SUFFIXES = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
}
LONG_EDGE = 1600
THUMBNAIL_EDGE = 240
_MAGIC = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n", "WEBP": b"RIFF"}
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    content_type: str
    suffix: str
    width: int
    height: int


def picture_of_file(name: str, content: bytes, edge: int = LONG_EDGE) -> Picture:
    """Return an uploaded picture written anew, at most ``edge`` pixels on its long side.

    The size in the header is judged before anything is decoded. Colours become RGB, the picture is
    turned upright, and everything else in the file (place, camera, comments, trailing bytes) stays
    behind. Raises UnreadableFile empty_file, too_large, unsupported_type, wrong_type, bad_picture.
    """
    check_size(content)
    kind = SUFFIXES.get(suffix_of(name))
    if kind is None:
        raise UnreadableFile("Use a .jpg, .png or .webp picture.", "unsupported_type")
    if not content.startswith(_MAGIC[kind]):
        raise UnreadableFile("The content is not what the name says.", "wrong_type")
    return _written_anew(content, kind, edge)


def thumbnail_of(content: bytes, edge: int = THUMBNAIL_EDGE) -> Picture:
    """Return a small copy of a picture ``picture_of_file`` made."""
    return _written_anew(content, "PNG" if content.startswith(_MAGIC["PNG"]) else "JPEG", edge)


def _written_anew(content: bytes, kind: str, edge: int) -> Picture:
    try:
        with _whole_ones_only(), Image.open(io.BytesIO(content), formats=(kind,)) as image:
            width, height = image.size
            if width * height > MAX_PIXELS[kind] or max(width, height) > MAX_SIDE:
                raise _too_many_pixels()
            image.draft("RGB", (edge, edge))  # a JPEG is decoded no larger than needed
            image.thumbnail((edge, edge), reducing_gap=2.0)
            return _encoded(ImageOps.exif_transpose(image))
    except UnreadableFile:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise UnreadableFile("The picture is damaged.", "bad_picture") from error


@contextmanager
def _whole_ones_only() -> Iterator[None]:
    """Refuse truncated pictures, which WeasyPrint tells Pillow to accept in the whole process."""
    with _one_at_a_time:
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _too_many_pixels() -> UnreadableFile:
    return UnreadableFile("The picture has too many pixels.", "too_large")


def _encoded(image: Image.Image) -> Picture:
    """PNG for what is transparent or drawn in few colours, JPEG for photographs."""
    transparent = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    drawn = image.mode in {"1", "L", "P"} or image.getcolors(4096) is not None
    kind = "PNG" if transparent or drawn else "JPEG"
    plain = image.convert("RGBA" if transparent else "RGB")
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    buffer = io.BytesIO()
    if kind == "PNG":
        clean.save(buffer, "PNG", optimize=True)
    else:
        clean.save(buffer, "JPEG", quality=86, optimize=True, progressive=True)
    suffix = ".png" if kind == "PNG" else ".jpg"
    return Picture(buffer.getvalue(), TYPES[kind], suffix, clean.width, clean.height)
