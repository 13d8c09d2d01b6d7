"""Codes that a transcript brings along: the columns of a CODES.csv, read back. Codes nothing itself."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from evoke.coder.codes_csv import PROBABILITIES, column_of
from evoke.codes import Coded, Speaker, Uncoded
from evoke.errors import BadInput
from evoke.readers import Row

LABELS: dict[Speaker, tuple[str, ...]] = {
    "learner": ("behaviour", "codes", "question", "reflection"),
    "client": ("talk", "talk_kind"),
}
CURE = "Write it as 'evoke code' does, or empty the columns behaviour, codes and talk to have the transcript coded"


def brought(row: Row) -> Coded | Uncoded | None:
    """What the file itself says of a row; None where that is nothing. Raises BadInput naming line and column."""
    given: dict[str, Any] = {name: row.cells[name] for name in LABELS[row.speaker] if row.cells.get(name)}
    reason = row.cells.get("reason", "")
    if not given:
        return Uncoded(speaker=row.speaker, reason=reason) if reason else None
    if "codes" in given:
        given["codes"] = given["codes"].split()
    shares = {name: cell for name in PROBABILITIES if (cell := row.cells.get(column_of(name)))}
    try:
        return Coded.model_validate({"speaker": row.speaker, "reason": reason, "probabilities": shares, **given})
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        what = f"has a value in '{field}' that is none of its words or numbers"
        raise BadInput(what, line=row.line, field=field, cure=CURE) from error
