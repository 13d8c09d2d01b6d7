"""Transcripts of any common form, read row by row: csv, txt, vtt, srt, docx and session json. Knows no code.

A row that cannot be used is named and left out; only a file that cannot be used at all is an error. A file is first
read under the names it gives (`read_said`); who of them is the counsellor follows from roles (`rows_of`).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from evoke.codes import Speaker
from evoke.errors import BadInput
from evoke.roles import Casting, Company, Roles, name_key, shown_name, speaker_of
from evoke.settings import LONGEST_TURN, UPLOAD_TURNS
from evoke.spoken import (
    NOT_UTF8,
    SPEAKERS_CURE,
    Reject,
    Rejected,
    Said,
    as_read,
    broken,
    caption_said,
    docx_said,
    lines_of,
    txt_said,
)
from evoke.transcript import Transcript

__all__ = ["Reject", "Rejected", "Row", "Said", "cast", "company_of", "read_rows", "read_said", "rows_of", "said_in"]

COLUMNS = {"interlocutor": "speaker", "role": "speaker", "utterance_text": "text", "utterance": "text"}  # other names
TABLES = (".csv", ".tsv")
CODES_IN = {"behaviour", "codes", "talk"}  # a table with one of these columns brings codes along


@dataclass(frozen=True)
class Row:
    """One turn of a transcript; `line` is its place in the file, a paragraph or turn number where it has none.

    `cells` is the whole row of a table that brings codes along, by column.
    """

    transcript_id: str
    utterance_id: str
    speaker: Speaker
    text: str
    line: int
    target: str = ""
    cells: Mapping[str, str] = field(default_factory=dict, hash=False)


def read_rows(file: Path, rejected: Rejected, roles: Roles | None = None) -> Iterator[Row]:
    """The rows of `file` in order, one at a time; `rejected` hears of every row left out.

    `roles` say who is who; without them only names such as "Therapist" and "Client" are understood. Raises BadInput
    when the file is missing, of an unknown kind, or holds no transcript at all.
    """
    return rows_of(read_said(file, rejected), rejected, roles)


def read_said(file: Path, rejected: Rejected) -> Iterator[Said]:
    """The turns of `file` in order, under the names it gives; raises as `read_rows`."""
    readers: dict[str, Callable[[Path, Rejected], Iterator[Said]]] = {
        **dict.fromkeys(TABLES, _csv_said), ".txt": txt_said, ".vtt": caption_said, ".srt": caption_said,
        ".docx": docx_said, ".json": _json_said,
    }  # fmt: skip
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise BadInput(f"'{file.suffix or file.name}' is no transcript format", file=file,
                       cure="Use csv, txt, vtt, srt, docx or a session's json")  # fmt: skip
    if not file.is_file():
        raise BadInput("does not exist", file=file, cure="Check the path")
    return reader(file, rejected)


def said_in(name: str, data: bytes, rejected: Rejected) -> list[Said]:
    """The turns of a file that was handed over as bytes; `name` gives its kind and stands in errors.

    The bytes are on the disk, in a folder of this user's, only while they are read. Raises as `read_rows`, and where
    there are more turns than a page should hold.
    """
    with TemporaryDirectory(prefix="evoke-") as folder:
        file = Path(folder, f"transcript{Path(name).suffix.lower()[:6]}")
        file.write_bytes(data)
        try:
            said = list(islice(read_said(file, rejected), UPLOAD_TURNS + 1))
        except BadInput as error:
            raise BadInput(error.what, cure=error.cure, file=name, line=error.line, field=error.field) from error
    if len(said) > UPLOAD_TURNS:
        raise BadInput(
            f"has more than {UPLOAD_TURNS:,} turns", file=name, cure=f"Use: evoke code {name} --out codes.csv"
        )
    return said if file.suffix in TABLES else [replace(one, transcript_id=Path(name).stem) for one in said]


def rows_of(said: Iterable[Said], rejected: Rejected, roles: Roles | None = None) -> Iterator[Row]:
    """The same turns by speaker; whoever has the role None is left out, whoever has none is rejected."""
    roles, number = roles or {}, 0
    for one in said:
        key = name_key(one.name)
        speaker = roles[key] if key in roles else speaker_of(one.name)
        if len(one.text) > LONGEST_TURN:
            what = f"has more than {LONGEST_TURN:,} characters"
            rejected(Reject(one.line, what, "Give every turn its own row", _as_said(one)))
        elif speaker:
            number += 1
            ids = one.transcript_id, one.utterance_id or str(number)
            yield Row(*ids, speaker, one.text, one.line, one.target, one.cells)
        elif key not in roles:
            what = f"has the unknown speaker '{shown_name(one.name)}'"
            rejected(Reject(one.line, what, SPEAKERS_CURE, _as_said(one)))


def _as_said(one: Said) -> str:
    return as_read(one.transcript_id, one.utterance_id, one.name, one.text)


def company_of(said: Iterable[Said]) -> Company:
    """Everybody who speaks in these turns."""
    return Company((one.transcript_id, one.name, one.text) for one in said)


def cast(file: Path, counsellors: Sequence[str] = ()) -> Casting:
    """Who is who in a file: as told, else by name, else guessed. Raises BadInput for a counsellor who is not there."""
    company = company_of(read_said(file, lambda _: None))
    return company.told(counsellors) if counsellors else company.guess()


def _csv_said(file: Path, rejected: Rejected) -> Iterator[Said]:
    lines = lines_of(file)
    header = next(lines, "")
    mark = max(",;\t", key=header.count)
    names = _columns(file, header, mark)
    reader = csv.reader(lines, delimiter=mark)
    number = 0
    while (cells := _next_cells(reader, rejected)) is not None:
        number += 1
        row = _csv_row(names, cells, reader.line_num + 1, number, rejected) if cells else None
        if row:
            yield row
    if not number:
        raise BadInput("has a header and no rows", file=file, line=2, cure="Add one row for each turn")


def _columns(file: Path, header: str, mark: str) -> list[str]:
    """What the columns are called, by our names. Raises BadInput where one is missing that is needed."""
    cure = "The first row must name the columns transcript_id,utterance_id,speaker,text"
    try:
        names = [name.strip().lower() for name in next(csv.reader([header], delimiter=mark), [])]
    except csv.Error as error:
        raise BadInput(f"has no row of column names ({error})", file=file, line=1, cure=cure) from error
    names = [COLUMNS.get(name, name) for name in names]
    for needed in ("speaker", "text"):
        if needed not in names:
            raise BadInput(f"has no column '{needed}'", file=file, line=1, field=needed, cure=cure)
    return names


def _next_cells(reader: Iterator[list[str]], rejected: Rejected) -> list[str] | None:
    """The next row's cells, empty for a blank or unreadable one; None at the end."""
    try:
        return next(reader, None)
    except csv.Error as error:
        rejected(Reject(getattr(reader, "line_num", 0) + 1, f"is no csv row: {error}", "Mend its quotation marks"))
        return []


def _csv_row(names: list[str], cells: list[str], line: int, number: int, rejected: Rejected) -> Said | None:
    if len(cells) != len(names):
        what = f"has {len(cells)} cells, the header {len(names)}"
        rejected(Reject(line, what, "Quote cells that hold the separator", as_read(*cells)))
        return None
    given = dict(zip(names, cells, strict=True))
    if broken(*cells):
        rejected(Reject(line, *NOT_UTF8, as_read(*cells)))
        return None
    ids = given.get("transcript_id") or "1", given.get("utterance_id") or str(number)
    brings = given if CODES_IN & given.keys() else {}
    return Said(*ids, given["speaker"].strip(), given["text"].strip(), line, given.get("target", ""), brings)


def _json_said(file: Path, rejected: Rejected) -> Iterator[Said]:
    try:
        transcript = Transcript.load(file)
    except RecursionError as error:
        raise BadInput("is nested too deeply", file=file, cure="Export the session again") from error
    for number, turn in enumerate(transcript.turns, 1):
        if broken(turn.id, turn.text, transcript.target):
            rejected(Reject(number, *NOT_UTF8, as_read(turn.id, turn.speaker, turn.text)))
            continue
        yield Said(file.stem, turn.id, turn.speaker, turn.text, number, transcript.target)
