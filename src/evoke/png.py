"""Text inside a PNG picture (tEXt chunks), read and written without decoding the picture. Knows no card.

Files are untrusted: sizes are bounded, nothing is decompressed, and text is only data.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

from evoke.errors import BadInput

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 5_000  # a picture of ten megapixels has some hundred


def texts(data: bytes) -> dict[str, str]:
    """The texts of a picture by keyword, the first of each. Raises BadInput where it is no whole PNG."""
    found: dict[str, str] = {}
    for kind, body in _chunks(data):
        if kind == b"tEXt" and b"\0" in body:
            keyword, _, words = body.partition(b"\0")
            found.setdefault(keyword.decode("latin-1"), words.decode("latin-1"))
    return found


def with_texts(picture: bytes, words: Mapping[str, str]) -> bytes:
    """The picture with these texts and no other ones of the same keywords; keywords and texts are Latin-1."""
    kept = [(kind, body) for kind, body in _chunks(picture) if not _is_one_of(kind, body, words)]
    new = [(b"tEXt", key.encode("latin-1") + b"\0" + value.encode("latin-1")) for key, value in words.items()]
    return SIGNATURE + b"".join(_packed(*chunk) for chunk in (kept[0], *new, *kept[1:]))


def plain(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(colour) * width) * height, 9)
    return SIGNATURE + _packed(b"IHDR", header) + _packed(b"IDAT", rows) + _packed(b"IEND", b"")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk up to the end of the picture, each checked against its length and sum."""
    if not data.startswith(SIGNATURE):
        raise BadInput("not a PNG picture", cure="Choose the PNG or JSON file of a character card")
    at = len(SIGNATURE)
    for _ in range(MOST_CHUNKS):
        head = data[at : at + 8]
        length, kind = (struct.unpack(">I", head[:4])[0], head[4:]) if len(head) == 8 else (0, b"")
        body, crc = data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        if len(crc) < 4 or zlib.crc32(kind + body) != struct.unpack(">I", crc)[0]:
            raise BadInput("the picture is cut off or damaged", cure="Fetch the file again")
        yield kind, body
        at += 12 + length
        if kind == b"IEND":
            return
    raise BadInput(f"the picture has more than {MOST_CHUNKS} parts", cure="Save it anew with a picture program")


def _is_one_of(kind: bytes, body: bytes, words: Mapping[str, str]) -> bool:
    return kind == b"tEXt" and body.partition(b"\0")[0].decode("latin-1") in words


def _packed(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
