"""A transcript file in, a table of its sessions out (SESSIONS.csv of the command-line contract). Rates nothing itself.

One transcript is in memory at a time.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import get_args

from evoke.cards import find_card
from evoke.coach.authored import as_authored
from evoke.coach.evidence import GlobalName, path_of, shown
from evoke.coach.globals import Globals, globals_of
from evoke.coder import Coder
from evoke.coder.brought import brought
from evoke.coder.codes_csv import Progress, coded_rows, count_rows, rejects_beside, written_whole
from evoke.codes import CODES, Coded, Frozen, Uncoded
from evoke.errors import BadInput, NotHere
from evoke.measures import QUARTERS, Banded, Measures, measure
from evoke.readers import Reject, Rejected, Row, read_rows
from evoke.roles import Roles
from evoke.spoken import as_read
from evoke.transcript import Transcript, Turn

PLAIN: tuple[str, ...] = (
    "learner_turns", "client_turns", "uncoded_turns", "questions", "reflections", "complex_reflections", "adherent",
    "non_adherent", "reflections_per_question", "complex_share", "open_share", "talk_share", "change_talk",
    "sustain_talk", "change_share",
)  # fmt: skip
BANDED: tuple[Banded, ...] = ("reflections_per_question", "complex_share")
COLUMNS: tuple[str, ...] = (
    "transcript_id", "mi_consistency", *get_args(GlobalName), "technical", "relational", *PLAIN,
    *(f"{name}_band" for name in BANDED), *(f"change_quarter_{n + 1}" for n in range(QUARTERS)), *CODES,
)  # fmt: skip
APART = "belongs to a transcript that ended some rows before", "Keep the rows of a transcript together"
UNSAID = "The file says nothing of this turn."


class Score(Frozen):
    """What is known of one session; `globals` is None where too few learner turns are coded."""

    transcript_id: str
    measures: Measures
    globals: Globals | None


@dataclass(frozen=True)
class ScoredFile:
    """What came of a file: sessions written, their turns, how many of those uncoded, rows left out and their list."""

    sessions: int
    turns: int
    uncoded: int
    rejected: int
    rejects_file: Path | None


def score(transcript_id: str, turns: Sequence[Turn]) -> Score:
    """Everything that is known of one session of coded turns."""
    path = path_of(turns)
    return Score(transcript_id=transcript_id, measures=measure(turns), globals=globals_of(path, shown(path)))


def score_file(
    path_in: Path, path_out: Path, coder: Coder, progress: Progress | None = None, roles: Roles | None = None
) -> ScoredFile:
    """Score every transcript of a file into `path_out`, one row each; one that brings codes is not coded again.

    `roles` say who is who where the names do not. `progress(done, of)` is told after each turn. Rows that cannot be
    used are listed in `<out>.rejects.csv`. Nothing half-written is left. Raises BadInput or StoreError.
    """
    total = count_rows(path_in, roles) if progress else 0
    sessions = uncoded = 0
    done = _Done(total, progress)
    with rejects_beside(path_out) as rejects, written_whole(path_out) as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for name, turns in _sessions(path_in, coder, rejects.add, roles):
            found = score(name, list(done.counted(turns)))
            out.writerow(cells(found))
            sessions, uncoded = sessions + 1, uncoded + found.measures.uncoded_turns
        if not sessions:
            raise BadInput("holds no row that can be used", file=path_in, cure=rejects.cure or "Add rows")
    return ScoredFile(sessions, done.turns, uncoded, rejects.count, rejects.file)


@dataclass
class _Done:
    """How far a file is scored, and who wants to know."""

    total: int
    progress: Progress | None
    turns: int = 0

    def counted(self, turns: Iterable[Turn]) -> Iterator[Turn]:
        for turn in turns:
            self.turns += 1
            if self.progress:
                self.progress(self.turns, self.total)
            yield turn


def _sessions(
    path: Path, coder: Coder, rejected: Rejected, roles: Roles | None
) -> Iterator[tuple[str, Iterable[Turn]]]:
    """The name and the coded turns of each session in a file, one after the other."""
    if path.suffix.lower() == ".json" and (held := _held_here(path)):
        yield path.stem, held
        return
    for name, rows in transcripts(read_rows(path, rejected, roles), rejected):
        if known := _known(rows, rejected):
            yield name, _turns(known, coder)


def _held_here(path: Path) -> tuple[Turn, ...]:
    """The turns of a session that Evoke coded as it was held, as its debrief sees them; nothing where it was not."""
    held = Transcript.load(path)
    if not any(turn.coded for turn in held.turns):
        return ()
    try:
        return as_authored(held.turns, find_card(held.persona.id) if held.persona else None).turns
    except NotHere:
        return held.turns


def transcripts(rows: Iterable[Row], rejected: Rejected) -> Iterator[tuple[str, list[Row]]]:
    """Each transcript's rows together; rows that come after another transcript has begun are rejected."""
    ended: set[str] = set()
    for name, group in groupby(rows, key=attrgetter("transcript_id")):
        if name not in ended:
            yield name, list(group)
            ended.add(name)
            continue
        for row in group:
            rejected(Reject(row.line, *APART, as_read(row.transcript_id, row.utterance_id, row.speaker, row.text)))


Known = tuple[Row, Coded | Uncoded | None]


def _known(rows: Iterable[Row], rejected: Rejected) -> list[Known]:
    """Each row with the codes it brings; a row whose codes cannot be read is left out."""
    found: list[Known] = []
    for row in rows:
        try:
            found.append((row, brought(row)))
        except BadInput as error:
            rejected(Reject(row.line, error.what, error.cure, as_read(*row.cells.values())))
    return found


def _turns(known: Sequence[Known], coder: Coder) -> Iterator[Turn]:
    """The turns of one transcript: as the file has them coded where it says anything of codes, else coded now."""
    as_coded: Iterable[Known] = known
    if not any(isinstance(coded, Coded) for _, coded in known):
        as_coded = coded_rows([row for row, _ in known], coder)
    for n, (row, coded) in enumerate(as_coded):
        given = coded or Uncoded(speaker=row.speaker, reason=UNSAID)
        yield Turn(id=str(n), parent=None, speaker=row.speaker, text=row.text, coded=given)


def cells(found: Score) -> list[str]:
    """One row of SESSIONS.csv, in the order of `COLUMNS`; what is not applicable stays empty."""
    measures, rated = found.measures, found.globals
    bands = {rating.name: rating.band for rating in rated.ratings} if rated else {}
    values = [
        found.transcript_id,
        measures.mi_consistency,
        *(bands.get(name) for name in get_args(GlobalName)),
        *((rated.technical_band, rated.relational_band) if rated else (None, None)),
        *(getattr(measures, name) for name in PLAIN),
        *(measures.bands.get(name) for name in BANDED),
        *measures.change_by_quarter,
        *(measures.counts[code] for code in CODES),
    ]
    return [_cell(value) for value in values]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else str(value)
