"""The numbers fitted to real clients, as checked data (`calibration.yaml`). Knows neither sessions nor how to fit."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from evoke.codes import Frozen
from evoke.datafile import read_yaml

KnobName = Literal[
    "change_level", "sustain_level", "change_momentum", "sustain_momentum", "stage_on_talk",
    "question_talk", "question_pull", "pace", "brief_level", "short_lines",
]  # fmt: skip
FILE = Path(__file__).with_name("calibration.yaml")


class Knob(Frozen):
    """One fitted number, the range it is looked for in, and what it is for."""

    value: float
    low: float
    high: float
    why: str = Field(min_length=20)

    @model_validator(mode="after")
    def _within_its_range(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value} is not between {self.low} and {self.high}")
        return self


class Calibration(Frozen):
    """The whole of `calibration.yaml`: the knobs, and when and by which command they were found."""

    fitted_on: str
    command: str
    knobs: dict[KnobName, Knob]

    @model_validator(mode="after")
    def _every_knob_stands_there(self) -> Self:
        missing = set(get_args(KnobName)) - set(self.knobs)
        if missing:
            raise ValueError(f"knobs: {', '.join(sorted(missing))} is missing")
        return self


@cache
def calibration() -> Calibration:
    """The file as shipped, read once. Raises BadInput naming file and field."""
    return read_yaml(FILE, Calibration)


def knob(name: KnobName) -> float:
    """The value of one fitted number."""
    return calibration().knobs[name].value
