"""A transcript file in, a table of codes out (CODES.csv of the command-line contract). Knows no model by name."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from io import StringIO
from itertools import tee
from pathlib import Path
from typing import IO, get_args

from evoke.coder import Coder, PaidCoder
from evoke.coder.llm_batch import Spoken, batches
from evoke.coder.llm_cost import Estimate
from evoke.codes import CODES, Behaviour, Coded, QuestionType, ReflectionType, Talk, TalkKind, Uncoded
from evoke.errors import BadInput, StoreError
from evoke.readers import Reject, Row, read_rows
from evoke.roles import Roles
from evoke.transcript import Turn

PROBABILITIES: tuple[str, ...] = tuple(
    f"{group}.{name}"
    for group, names in {
        "behaviour": get_args(Behaviour),
        "code": CODES,
        "question": get_args(QuestionType),
        "reflection": get_args(ReflectionType),
        "talk": get_args(Talk),
        "kind": get_args(TalkKind),
    }.items()
    for name in names
)


def column_of(probability: str) -> str:
    """The column of a probability: "code.affirm" stands in `p_code_affirm`."""
    return "p_" + probability.replace(".", "_")


COLUMNS: tuple[str, ...] = (
    "transcript_id", "utterance_id", "speaker", "text", "behaviour", "codes", "question", "reflection", "talk",
    "talk_kind", "reason", *map(column_of, PROBABILITIES),
)  # fmt: skip
REJECT_COLUMNS = ("line", "what", "cure", "row")
_SPEAKER_OUT = {"learner": "therapist", "client": "client"}

CodedRow = tuple[Row, Coded | Uncoded]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class CodedFile:
    """What came of a file: rows written, how many of them uncoded, rows left out and where those are listed."""

    rows: int
    uncoded: int
    rejected: int
    rejects_file: Path | None


def code_file(
    path_in: Path, path_out: Path, coder: Coder, progress: Progress | None = None, roles: Roles | None = None
) -> CodedFile:
    """Code every turn of a transcript file into `path_out`; memory does not grow with the file.

    `roles` say who is who where the names do not. `progress(done, of)` is told after each row. Rows that cannot be used
    are listed in `<out>.rejects.csv`, which is only there if there are any. Nothing half-written is left. Raises
    BadInput or StoreError.
    """
    total = count_rows(path_in, roles) if progress else 0
    rows = uncoded = 0
    with rejects_beside(path_out) as rejects, written_whole(path_out) as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for row, coded in coded_rows(read_rows(path_in, rejects.add, roles), coder):
            out.writerow(_cells(row, coded))
            rows += 1
            uncoded += isinstance(coded, Uncoded)
            if progress:
                progress(rows, total)
        if not rows:
            raise BadInput("holds no row that can be used", file=path_in, cure=rejects.cure or "Add rows")
    return CodedFile(rows, uncoded, rejects.count, rejects.file)


def codes_table(coded: Iterable[CodedRow]) -> str:
    """CODES.csv of rows that are coded already, as text."""
    text = StringIO(newline="")
    csv.writer(text).writerows((COLUMNS, *(_cells(row, one) for row, one in coded)))
    return text.getvalue()


def count_rows(path_in: Path, roles: Roles | None) -> int:
    """How many rows of a file can be used."""
    return sum(1 for _ in read_rows(path_in, lambda _: None, roles))


def estimate_file(path_in: Path, coder: PaidCoder, roles: Roles | None = None) -> Estimate:
    """What coding a transcript file would take, about; nothing is asked and nothing written. Raises BadInput."""
    return sum(map(coder.estimate, batches(_spoken(read_rows(path_in, lambda _: None, roles)))), Estimate())


def coded_rows(rows: Iterable[Row], coder: Coder) -> Iterator[CodedRow]:
    """Each row with its codes, in order, several at work at once and few of them held."""
    read, given = tee(rows)
    return zip(read, coder.code_talks(_spoken(given)), strict=True)


def _spoken(rows: Iterable[Row]) -> Iterator[Spoken]:
    return (Spoken(row.transcript_id, row.target, _turn(row)) for row in rows)


def _turn(row: Row) -> Turn:
    return Turn(id=row.utterance_id, parent=None, speaker=row.speaker, text=row.text)


def _cells(row: Row, coded: Coded | Uncoded) -> list[str]:
    known = [row.transcript_id, row.utterance_id, _SPEAKER_OUT[row.speaker], row.text]
    if isinstance(coded, Uncoded):
        return [*known, *[""] * 6, coded.reason, *[""] * len(PROBABILITIES)]
    labels = [coded.behaviour, " ".join(coded.codes), coded.question, coded.reflection, coded.talk, coded.talk_kind]
    shares = [coded.probabilities.get(name) for name in PROBABILITIES]
    return [
        *known,
        *(label or "" for label in labels),
        coded.reason,
        *("" if p is None else f"{p:.4f}" for p in shares),
    ]


def rejects_table(rejects: Iterable[Reject]) -> str:
    """The rows that were left out as csv text: line, what, cure and the row."""
    text = StringIO(newline="")
    csv.writer(text).writerows((REJECT_COLUMNS, *map(astuple, rejects)))
    return text.getvalue()


@contextmanager
def written_whole(path: Path) -> Iterator[IO[str]]:
    """A file that appears at `path` complete or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror}). Choose another place or free some") from error
    finally:
        part.unlink(missing_ok=True)


class RejectsFile:
    """The list of rows that were left out, written as they come; there is no file without such a row.

    `count` says how many, `cure` what the first of them needs, `file` where they are listed.
    """

    def __init__(self, path: Path, files: ExitStack) -> None:
        self.count, self.cure = 0, ""
        self.file: Path | None = None
        self._path, self._files = path, files

    def add(self, reject: Reject) -> None:
        """List one row."""
        if self.file is None:
            self.file, self.cure = self._path, reject.cure
            self._out = csv.writer(self._files.enter_context(written_whole(self._path)))
            self._out.writerow(REJECT_COLUMNS)
        self._out.writerow(astuple(reject))
        self.count += 1


@contextmanager
def rejects_beside(path_out: Path) -> Iterator[RejectsFile]:
    """The list of rejects beside an output: there when all went well and a row was left out; an older one goes."""
    path = path_out.with_name(f"{path_out.name}.rejects.csv")
    with ExitStack() as files:
        listed = RejectsFile(path, files)
        yield listed
    if not listed.count:
        path.unlink(missing_ok=True)
