"""The sheet that is read, the form that is filled in, and the key that stays closed. Knows excerpts, holds no talk."""

from __future__ import annotations

import csv
import hashlib
import io
import random
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from string import Template

from evoke.blind.excerpts import Excerpt
from evoke.codes import Frozen, Speaker

FORM = ("sheet", "excerpt", "real_or_made", "natural", "comment")
KEY = ("sheet", "excerpt", "source", "origin")
WHO: dict[Speaker, str] = {"learner": "Counsellor", "client": "Client"}


class Sheet(Frozen):
    """Excerpts in the order in which they are read. `mark` is on sheet, form and key, eight hex digits behind an s."""

    mark: str
    excerpts: tuple[Excerpt, ...]


def shuffled(excerpts: Sequence[Excerpt], most: int, rng: random.Random) -> Sheet:
    """At most `most` excerpts, real and made in like number as far as there are, in an order drawn by chance."""
    real, made = ([one for one in excerpts if one.source == source] for source in ("real", "made"))
    rng.shuffle(real)
    rng.shuffle(made)
    reals = min(len(real), max(most // 2, most - len(made)))
    chosen = [*real[:reals], *made[: most - reals]]
    rng.shuffle(chosen)
    mark = "s" + hashlib.sha256(repr([one.turns for one in chosen]).encode()).hexdigest()[:8]
    return Sheet(mark=mark, excerpts=tuple(chosen))


def as_html(sheet: Sheet, form: str) -> str:
    """The page to read; `form` is the name of the file to fill in."""
    template = Template(Path(__file__).with_name("sheet.html").read_text("utf-8"))
    parts = "\n".join(_section(n, excerpt) for n, excerpt in enumerate(sheet.excerpts, 1))
    return template.substitute(mark=sheet.mark, count=len(sheet.excerpts), form=escape(form), excerpts=parts)


def as_form(sheet: Sheet, *, with_text: bool) -> str:
    """The form as csv; `with_text` puts the excerpts into it, for those who read in a spreadsheet."""
    columns = (*FORM, "text") if with_text else FORM
    rows = ((sheet.mark, n, "", "", "", as_text(one)) for n, one in enumerate(sheet.excerpts, 1))
    return _csv(columns, (row[: len(columns)] for row in rows))


def as_key(sheet: Sheet) -> str:
    """Where each excerpt comes from, as csv."""
    return _csv(KEY, ((sheet.mark, n, one.source, one.origin) for n, one in enumerate(sheet.excerpts, 1)))


def as_text(excerpt: Excerpt) -> str:
    """An excerpt with a line a turn."""
    return "\n".join(f"{WHO[who]}: {text}" for who, text in excerpt.turns)


def _section(number: int, excerpt: Excerpt) -> str:
    turns = "".join(f"<dt>{WHO[who]}</dt><dd>{escape(text)}</dd>" for who, text in excerpt.turns)
    return f"<section><h2>Excerpt {number}</h2><dl>{turns}</dl></section>"


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _harmless(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell
