"""Transcripts of any common form, read row by row: csv, txt, vtt, srt, docx and session json. Knows no code.

A row that cannot be used is named and left out; only a file that cannot be used at all is an error.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile

from evoke.codes import Speaker
from evoke.errors import BadInput
from evoke.transcript import Transcript

SPEAKER_WORDS: dict[str, Speaker] = {
    **dict.fromkeys(("learner", "counsellor", "counselor", "therapist", "clinician", "interviewer", "practitioner",
                     "provider", "coach", "nurse", "doctor", "helper", "t"), "learner"),
    **dict.fromkeys(("client", "patient", "caller", "participant", "interviewee", "student", "c", "p"), "client"),
}  # fmt: skip
SPEAKERS_CURE = "Use therapist, counsellor or learner for one side and client or patient for the other"
COLUMNS = {"interlocutor": "speaker", "role": "speaker", "utterance_text": "text", "utterance": "text"}  # other names

_STAMP = r"(?:[\[(]?\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?[\])]?\s*)?"
_LABEL = re.compile(rf"^\s*{_STAMP}\*{{0,2}}([A-Za-z][\w .'#-]{{0,30}}?)\*{{0,2}}\s*:\*{{0,2}}\s*(.*)$")
_TIMES = re.compile(r"^\s*(?:\d+:)?\d{1,2}:\d\d[.,]\d{1,3}\s+-->")
_VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+([^>]+)>")
_TAG = re.compile(r"<[^>]*>")
_VTT_BLOCKS = ("WEBVTT", "NOTE", "STYLE", "REGION")


@dataclass(frozen=True)
class Row:
    """One turn of a transcript; `line` is its place in the file, a paragraph or turn number where it has none."""

    transcript_id: str
    utterance_id: str
    speaker: Speaker
    text: str
    line: int
    target: str = ""


@dataclass(frozen=True)
class Reject:
    """A row that was left out: where it stands, what is wrong and the cure."""

    line: int
    what: str
    cure: str


Rejected = Callable[[Reject], None]


def speaker_of(word: str) -> Speaker | None:
    """Who is meant by a speaker's name, such as "THERAPIST 1" or "Patient"; None where it cannot be told."""
    return SPEAKER_WORDS.get(re.sub(r"[^a-z]+", "", word.lower()))


def read_rows(file: Path, rejected: Rejected) -> Iterator[Row]:
    """The rows of `file` in order, one at a time; `rejected` hears of every row left out.

    Raises BadInput when the file is missing, of an unknown kind, or holds no transcript at all.
    """
    readers: dict[str, Callable[[Path, Rejected], Iterator[Row]]] = {
        ".csv": _csv_rows, ".tsv": _csv_rows, ".txt": _txt_rows, ".vtt": _caption_rows, ".srt": _caption_rows,
        ".docx": _docx_rows, ".json": _json_rows,
    }  # fmt: skip
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise BadInput(f"'{file.suffix or file.name}' is no transcript format", file=file,
                       cure="Use csv, txt, vtt, srt, docx or a session's json")  # fmt: skip
    if not file.is_file():
        raise BadInput("does not exist", file=file, cure="Check the path")
    return reader(file, rejected)


def _lines(file: Path) -> Iterator[str]:
    """The lines of a text file; bytes that are not UTF-8 come through as lone surrogates, for `_broken` to find."""
    with file.open("rb") as raw:
        wide = raw.read(2) in (b"\xff\xfe", b"\xfe\xff")
    try:
        with file.open(encoding="utf-16" if wide else "utf-8-sig", errors="surrogateescape", newline="") as lines:
            yield from lines
    except OSError as error:
        raise BadInput("cannot be read", file=file, cure="Check its permissions") from error
    except UnicodeError as error:
        raise BadInput("is cut off in the middle of a letter", file=file, cure="Save the file as UTF-8") from error


def _broken(*texts: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" or letter == "\x00" for text in texts for letter in text)


NOT_UTF8 = "holds bytes that are not UTF-8 text", "Save the file as UTF-8"


def _csv_rows(file: Path, rejected: Rejected) -> Iterator[Row]:
    lines = _lines(file)
    header = next(lines, "")
    mark = max(",;\t", key=header.count)
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=mark), [])]
    names = [COLUMNS.get(name, name) for name in names]
    for needed in ("speaker", "text"):
        if needed not in names:
            cure = "The first row must name the columns transcript_id,utterance_id,speaker,text"
            raise BadInput(f"has no column '{needed}'", file=file, line=1, field=needed, cure=cure)
    reader = csv.reader(lines, delimiter=mark)
    number = 0
    while (cells := _next_cells(reader, rejected)) is not None:
        number += 1
        row = _csv_row(names, cells, reader.line_num + 1, number, rejected) if cells else None
        if row:
            yield row
    if not number:
        raise BadInput("has a header and no rows", file=file, line=2, cure="Add one row for each turn")


def _next_cells(reader: Iterator[list[str]], rejected: Rejected) -> list[str] | None:
    """The next row's cells, empty for a blank or unreadable one; None at the end."""
    try:
        return next(reader, None)
    except csv.Error as error:
        rejected(Reject(getattr(reader, "line_num", 0) + 1, f"is no csv row: {error}", "Mend its quotation marks"))
        return []


def _csv_row(names: list[str], cells: list[str], line: int, number: int, rejected: Rejected) -> Row | None:
    if len(cells) != len(names):
        what = f"has {len(cells)} cells, the header {len(names)}"
        rejected(Reject(line, what, "Quote cells that hold the separator"))
        return None
    given = dict(zip(names, cells, strict=True))
    speaker = speaker_of(given["speaker"])
    if _broken(*cells):
        rejected(Reject(line, *NOT_UTF8))
    elif speaker is None:
        rejected(Reject(line, f"has the unknown speaker '{given['speaker'][:30]}'", SPEAKERS_CURE))
    else:
        ids = given.get("transcript_id") or "1", given.get("utterance_id") or str(number)
        return Row(*ids, speaker, given["text"].strip(), line, given.get("target", ""))
    return None


def _txt_rows(file: Path, rejected: Rejected) -> Iterator[Row]:
    return _spoken_rows(file, enumerate(_lines(file), 1), rejected)


def _spoken_rows(file: Path, lines: Iterable[tuple[int, str]], rejected: Rejected) -> Iterator[Row]:
    """Rows from "Speaker: text" lines; a line without a speaker goes on with the row before it."""
    open_row: Row | None = None
    number = 0
    for line, text in lines:
        if not text.strip():
            continue
        if _broken(text):
            rejected(Reject(line, *NOT_UTF8))
            continue
        match = _LABEL.match(text)
        speaker = speaker_of(match[1]) if match else None
        if match and speaker:
            if open_row:
                yield open_row
            number += 1
            open_row = Row(file.stem, str(number), speaker, match[2].strip(), line)
        elif (match and _names_someone(match[1])) or open_row is None:
            what = f"begins with the unknown speaker '{match[1]}'" if match else "has no speaker"
            rejected(Reject(line, what, SPEAKERS_CURE))
        else:
            open_row = replace(open_row, text=f"{open_row.text} {text.strip()}".strip())
    if open_row:
        yield open_row
    else:
        raise BadInput("no line begins with a known speaker", file=file, line=1,
                       cure=f"Write lines such as 'Therapist: …'. {SPEAKERS_CURE}")  # fmt: skip


def _names_someone(label: str) -> bool:
    """Whether an unknown label looks like a name ("Anna", "Dr Lee") and not like the start of a sentence."""
    words = label.split()
    return len(words) <= 2 and all(word[0].isupper() for word in words)


def _caption_rows(file: Path, rejected: Rejected) -> Iterator[Row]:
    """Rows from captions: neighbouring captions of one speaker are one turn."""
    merged: Row | None = None
    number = 0
    for row in _spoken_rows(file, _caption_lines(file), rejected):
        if merged and merged.speaker == row.speaker:
            merged = replace(merged, text=f"{merged.text} {row.text}")
            continue
        if merged:
            yield merged
        number += 1
        merged = replace(row, utterance_id=str(number))
    if merged:
        yield merged


def _caption_lines(file: Path) -> Iterator[tuple[int, str]]:
    """Only what is spoken, a voice tag turned into "Speaker: "."""
    spoken = False
    for number, line in enumerate(_lines(file), 1):
        if _TIMES.match(line):
            spoken = True
        elif not line.strip() or line.startswith(_VTT_BLOCKS):
            spoken = False
        elif spoken:
            yield number, _TAG.sub("", _VOICE.sub(r"\1: ", line))


def _docx_rows(file: Path, rejected: Rejected) -> Iterator[Row]:
    try:
        import docx
        from docx.opc.exceptions import OpcError
    except ImportError as error:
        raise BadInput("needs python-docx to be read", file=file, cure="pip install 'evoke-mi[docx]'") from error
    try:
        document = docx.Document(str(file))
    except (OpcError, BadZipFile, ValueError, KeyError, OSError) as error:
        raise BadInput("is no Word document", file=file, cure="Save it again as docx, or as plain text") from error
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    cells = [": ".join(cell.text.strip() for cell in row.cells[:2]) for table in document.tables for row in table.rows]
    return _spoken_rows(file, enumerate((*paragraphs, *cells), 1), rejected)


def _json_rows(file: Path, rejected: Rejected) -> Iterator[Row]:
    transcript = Transcript.load(file)
    for number, turn in enumerate(transcript.turns, 1):
        yield Row(file.stem, turn.id, turn.speaker, turn.text, number, transcript.target)
