"""A filled-in form against its key: how often the reader was right, and how natural each kind sounded. Knows no talk.

No verdict is given on fewer than `FEWEST` judgements.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from math import comb, sqrt
from pathlib import Path
from statistics import mean

from evoke.blind.excerpts import Source
from evoke.blind.sheet import FORM, KEY
from evoke.codes import Frozen
from evoke.errors import BadInput

FEWEST = 20
SURE = 0.05
WORDS: dict[str, Source] = {"real": "real", "r": "real", "made": "made", "m": "made"}


class Judged(Frozen):
    """One excerpt as it was judged; None where the reader left it open."""

    excerpt: int
    source: Source
    origin: str
    taken_for: Source | None
    natural: int | None


class Kind(Frozen):
    """The excerpts of one source: how many, how many of them were taken for real ones, how natural (1-5)."""

    excerpts: int
    judged: int
    taken_for_real: int
    natural: float | None


class Score(Frozen):
    """A form's result: `right` of `judged`, with a 95 % interval (Wilson) and the p of guessing (exact, two-sided)."""

    judged: int
    right: int
    low: float
    high: float
    p: float
    real: Kind
    made: Kind
    verdict: str


def judged(form: Path, key: Path) -> list[Judged]:
    """Form and key read together. Raises BadInput with file, line and cure."""
    truth = {(row["sheet"], row["excerpt"]): row for _, row in _rows(key, KEY)}
    found = []
    for line, row in _rows(form, FORM):
        known = truth.get((row["sheet"], row["excerpt"]))
        if known is None or known["source"] not in ("real", "made"):
            raise BadInput("this excerpt is not in the key", file=form, line=line, field="sheet",
                           cure="Take the key that was written together with the form")  # fmt: skip
        source: Source = "real" if known["source"] == "real" else "made"
        found.append(
            Judged(excerpt=int(row["excerpt"]), source=source, origin=known["origin"],
                   taken_for=_word(row["real_or_made"], form, line), natural=_grade(row["natural"], form, line))
        )  # fmt: skip
    return found


def scored(rows: Sequence[Judged]) -> Score:
    """What a form came to."""
    told = [row for row in rows if row.taken_for]
    right, n = sum(row.taken_for == row.source for row in told), len(told)
    low, high = _wilson(right, n)
    p = _guessing(right, n)
    both = {row.source for row in told} == {"real", "made"}
    return Score(
        judged=n, right=right, low=low, high=high, p=p, real=_kind(rows, "real"), made=_kind(rows, "made"),
        verdict=_verdict(right, n, p, both),
    )  # fmt: skip


def _verdict(right: int, n: int, p: float, both: bool) -> str:
    if not both:
        return "Real and made excerpts are needed to say whether they can be told apart."
    if n < FEWEST:
        return f"Too few judgements to say anything: {n}, and {FEWEST} are needed."
    if p > SURE:
        return "This reader did no better than guessing would; that is not proof that nobody can."
    return "This reader could tell them apart." if 2 * right > n else "This reader had them the wrong way round."


def _kind(rows: Sequence[Judged], source: Source) -> Kind:
    ours = [row for row in rows if row.source == source]
    grades = [row.natural for row in ours if row.natural is not None]
    return Kind(
        excerpts=len(ours),
        judged=sum(row.taken_for is not None for row in ours),
        taken_for_real=sum(row.taken_for == "real" for row in ours),
        natural=round(mean(grades), 2) if grades else None,
    )


def _rows(file: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """A table's rows with their lines. Raises BadInput where it is none, or lacks a column."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            head = lines.readline()
            lines.seek(0)
            reader = csv.DictReader(lines, delimiter=max(",;\t", key=head.count))
            rows = [(reader.line_num, {key: (row.get(key) or "").strip() for key in columns}) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput("cannot be read as a csv table", file=file, cure="Save it as csv in UTF-8") from error
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise BadInput(f"has no column '{missing[0]}'", file=file, line=1, cure="Keep the first row as it was written")
    return rows


def _word(cell: str, file: Path, line: int) -> Source | None:
    if cell and cell.lower() not in WORDS:
        raise BadInput(f"'{cell}' is no judgement", file=file, line=line, field="real_or_made",
                       cure="Write real or made, or leave it empty")  # fmt: skip
    return WORDS.get(cell.lower())


def _grade(cell: str, file: Path, line: int) -> int | None:
    if cell and cell not in ("1", "2", "3", "4", "5"):
        raise BadInput(f"'{cell}' is no grade", file=file, line=line, field="natural",
                       cure="Write a number from 1 to 5, or leave it empty")  # fmt: skip
    return int(cell) if cell else None


def _wilson(right: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share; 0-1 where nothing was judged."""
    if not n:
        return 0.0, 1.0
    share, spread = right / n, z * sqrt(right / n * (1 - right / n) / n + z * z / (4 * n * n))
    return (max(0.0, (share + z * z / (2 * n) - spread) / (1 + z * z / n)),
            min(1.0, (share + z * z / (2 * n) + spread) / (1 + z * z / n)))  # fmt: skip


def _guessing(right: int, n: int) -> float:
    """How likely guessing is at least as far from one half as this."""
    away = abs(2 * right - n)
    ways = sum(comb(n, k) for k in range(n + 1) if abs(2 * k - n) >= away)
    return float(ways / 2**n)
