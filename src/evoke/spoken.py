"""Turns out of files of speech: "Speaker: text" lines, captions, Word documents. Knows names, no roles.

A turn stands under the name that the file gives its speaker; a line that cannot be used is named and left out.
"""

from __future__ import annotations

import csv
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import groupby
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from evoke.errors import BadInput
from evoke.roles import name_key, speaker_of

SPEAKERS_CURE = "Use therapist, counsellor or learner for one side and client or patient for the other"
NOT_UTF8 = "holds bytes that are not UTF-8 text", "Save the file as UTF-8"
NAME_WORDS = 3  # of a speaker's name at most
RECURS = 3  # a label in small letters is a name where it opens so many lines
SHOWN = 2_000  # characters of a row that was left out
DOCX_BYTES = 50_000_000  # a document unpacked; more is no transcript

_WIDE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")  # a letter in UTF-8
_NO_WINDOWS = re.compile(rb"[\x00\x81\x8d\x8f\x90\x9d]")
_STAMP = r"(?:[\[(]?\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?[\])]?\s*)?"
_LABEL = re.compile(
    rf"^\s*{_STAMP}\*{{0,2}}\[?([^\W\d_][\w .'’#-]{{0,30}}?)\]?\*{{0,2}}\s*:\*{{0,2}}\s*(.*)$", re.DOTALL
)
_TIMES = re.compile(r"^\s*(?:\d+:)?\d{1,2}:\d\d[.,]\d{1,3}\s+-->")
_VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+([^<>\s][^<>]*)>")
_TAG = re.compile(r"<[^<>]*>")
_VTT_BLOCKS = ("WEBVTT", "NOTE", "STYLE", "REGION")


@dataclass(frozen=True)
class Reject:
    """A row that was left out: where it stands, what is wrong, the cure, and the row itself as far as it was read."""

    line: int
    what: str
    cure: str
    row: str = ""


Rejected = Callable[[Reject], None]


@dataclass(frozen=True)
class Said:
    """One turn as a file has it, under the name it gives the speaker; `utterance_id` is empty where it has none.

    `cells` is the whole row of a table that brings codes along, by column.
    """

    transcript_id: str
    utterance_id: str
    name: str
    text: str
    line: int
    target: str = ""
    cells: Mapping[str, str] = field(default_factory=dict, hash=False)


def as_read(*cells: str) -> str:
    """A row as one line of csv that any program can read; what is no letter is written out, a very long row is cut."""
    line = StringIO()
    csv.writer(line, lineterminator="").writerow(cell[:SHOWN] for cell in cells)
    shown = line.getvalue().replace("\x00", "\\x00")[:SHOWN]
    return shown.encode("utf-8", "backslashreplace").decode("utf-8")


def lines_of(file: Path) -> Iterator[str]:
    """The lines of a text file; bytes that are not UTF-8 come through as lone surrogates, for `broken` to find.

    A file that is UTF-8 nowhere, and all of it Windows' own letters, is read as those.
    """
    try:
        with file.open(encoding=_encoding(file), errors="surrogateescape", newline="") as lines:
            yield from lines
    except OSError as error:
        raise BadInput("cannot be read", file=file, cure="Check its permissions") from error
    except UnicodeError as error:
        raise BadInput("is cut off in the middle of a letter", file=file, cure="Save the file as UTF-8") from error


def _encoding(file: Path) -> str:
    """What a text file is written in: UTF-16 by its first bytes, else UTF-8 or what Windows programs still write."""
    with file.open("rb") as raw:
        if raw.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
        raw.seek(0)
        strange = False
        for line in raw:
            if line.isascii():
                continue
            if _WIDE.search(line) or _NO_WINDOWS.search(line):
                return "utf-8-sig"
            strange = True
    return "cp1252" if strange else "utf-8-sig"


def broken(*texts: str) -> bool:
    """Whether any of the texts holds what is no letter: a byte that is not UTF-8, or a zero."""
    return any("\ud800" <= letter <= "\udfff" or letter == "\x00" for text in texts for letter in text)


@dataclass(frozen=True)
class _Line:
    """A line of speech; `name` is set where the form itself says who speaks."""

    number: int
    text: str
    name: str = ""


@dataclass
class _Turn:
    """A turn that further lines may go on with."""

    name: str
    line: int
    texts: list[str] = field(default_factory=list)

    def said(self, transcript_id: str) -> Said:
        text = " ".join(text for text in self.texts if text)
        return Said(transcript_id, "", self.name, text, self.line)


def txt_said(file: Path, rejected: Rejected) -> Iterator[Said]:
    """The turns of "Speaker: text" lines."""
    return _spoken(file, lambda: (_Line(number, text) for number, text in enumerate(lines_of(file), 1)), rejected)


def _spoken(file: Path, lines: Callable[[], Iterable[_Line]], rejected: Rejected) -> Iterator[Said]:
    """Turns from "Speaker: text" lines; a line without a speaker goes on with the turn before it."""
    names = _names(lines())
    turn: _Turn | None = None
    for line in lines():
        name, text = _labelled(line, names)
        if broken(line.text):
            rejected(Reject(line.number, *NOT_UTF8, as_read(line.text.strip())))
        elif name:
            if turn:
                yield turn.said(file.stem)
            turn = _Turn(name, line.number, [text])
        elif turn:
            turn.texts.append(text)
        elif text:
            rejected(Reject(line.number, "has no speaker", SPEAKERS_CURE, as_read(text)))
    if turn is None:
        raise BadInput("no line begins with a known speaker", file=file, line=1,
                       cure=f"Write lines such as 'Therapist: …'. {SPEAKERS_CURE}")  # fmt: skip
    yield turn.said(file.stem)


def _labelled(line: _Line, names: frozenset[str]) -> tuple[str, str]:
    """Who begins to speak on a line, empty where nobody does, and the words."""
    match = None if line.name else _LABEL.match(line.text)
    if match and name_key(match[1]) in names:
        return match[1], match[2].strip()
    return line.name, line.text.strip()


def _names(lines: Iterable[_Line]) -> frozenset[str]:
    """The labels that are speakers' names and not the start of a sentence, as keys."""
    labels = Counter(match[1] for line in lines if not line.name and (match := _LABEL.match(line.text)))
    return frozenset(name_key(label) for label, times in labels.items() if _names_someone(label, times))


def _names_someone(label: str, times: int) -> bool:
    """Whether a label is a known word or looks like a name: "Anna", "Speaker 1", or "anna" where it comes back."""
    words = label.split()
    capital = all(word[0].isupper() or word[0].isdigit() for word in words)
    return bool(speaker_of(label)) or (len(words) <= NAME_WORDS and (capital or times >= RECURS))


def caption_said(file: Path, rejected: Rejected) -> Iterator[Said]:
    """Turns from captions: neighbouring captions of one speaker are one turn."""
    said = _spoken(file, lambda: _caption_lines(file), rejected)
    for _, captions in groupby(said, key=lambda one: name_key(one.name)):
        first, *rest = captions
        yield replace(first, text=" ".join((first.text, *(one.text for one in rest))).strip())


def _caption_lines(file: Path) -> Iterator[_Line]:
    """Only what is spoken, each voice on a line of its own."""
    spoken = False
    for number, line in enumerate(lines_of(file), 1):
        if _TIMES.match(line):
            spoken = True
        elif not line.strip() or line.startswith(_VTT_BLOCKS):
            spoken = False
        elif spoken:
            before, *voices = _VOICE.split(line)
            if before.strip():
                yield _Line(number, _TAG.sub("", before))
            for name, text in zip(voices[::2], voices[1::2], strict=True):
                yield _Line(number, _TAG.sub("", text), name.strip())


def docx_said(file: Path, rejected: Rejected) -> Iterator[Said]:
    """Turns from the paragraphs of a Word document, and from tables of speaker and text."""
    texts = _docx_texts(file)
    return _spoken(file, lambda: (_Line(number, text) for number, text in enumerate(texts, 1)), rejected)


def _docx_texts(file: Path) -> list[str]:
    try:
        import docx
        from docx.opc.exceptions import OpcError
    except ImportError as error:
        raise BadInput("needs python-docx to be read", file=file, cure="pip install 'evoke-mi[docx]'") from error
    damaged = OpcError, BadZipFile, zlib.error, ValueError, LookupError, OSError, EOFError, RuntimeError, SyntaxError
    try:
        with ZipFile(file) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > DOCX_BYTES:
            raise BadInput("unpacks to far more than a transcript", file=file, cure="Save its words as plain text")
        document = docx.Document(str(file))
        rows = [row.cells[:2] for table in document.tables for row in table.rows]
        return [one.text for one in document.paragraphs] + [
            ": ".join(cell.text.strip() for cell in row) for row in rows
        ]
    except (*damaged, AttributeError, TypeError) as error:
        raise BadInput("is no Word document", file=file, cure="Save it again as docx, or as plain text") from error
