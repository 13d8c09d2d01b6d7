"""The numbers and words behind the volley rules, read from `rules.yaml`. Knows their form, not their use."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, get_args

import yaml
from pydantic import AfterValidator, Field, model_validator

from evoke.codes import Code, Frozen, QuestionType, Talk


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
Patterns = tuple[Pattern, ...]
Share = Annotated[float, Field(ge=0, le=1)]


class Tie(Frozen):
    """Two codes of one clause and which is kept: when both reach their bar (`always`) or only when unsure."""

    between: tuple[Code, Code]
    keep: Code | None
    rule: str
    always: bool = False


class BackChannels(Frozen):
    """Words that make a learner turn a mere sign of listening; `sounds` do so for a client's turn, too."""

    words: frozenset[str]
    sounds: frozenset[str]
    most_words: int = Field(gt=0)
    reason: str


class PermissionWords(Frozen):
    """How leave to advise is asked for, given, refused, asked for by the client, and lost."""

    learner_turns: int = Field(gt=0)
    asks_leave: Patterns
    agrees: Patterns
    refuses: Patterns
    asks_advice: Patterns
    changes_topic: Patterns
    may_be_set_aside: Patterns


class Rules(Frozen):
    """Everything in `rules.yaml`; the comments there say what each number does."""

    bars: dict[Code, Share]
    leaves_free: Share
    unsure: Share
    ties: tuple[Tie, ...]
    favour: dict[Talk, Annotated[float, Field(gt=0)]]
    sure: Share
    hint: Share
    nearly: Share
    vetoes: dict[Code, Patterns]
    back_channels: BackChannels
    permission: PermissionWords
    question_forms: dict[QuestionType, Patterns]
    signs: dict[str, Patterns]

    @model_validator(mode="after")
    def _every_code_has_a_bar(self) -> Rules:
        if missing := set(get_args(Code)) - set(self.bars):
            raise ValueError(f"bars: none for {', '.join(sorted(missing))}")
        return self


def found(patterns: Patterns, text: str) -> re.Match[str] | None:
    """The first match of any of `patterns` in the lower-cased `text`."""
    plain = text.lower().replace("’", "'").strip()
    return next((match for pattern in patterns if (match := re.search(pattern, plain))), None)


@cache
def rules() -> Rules:
    """The shipped rules."""
    return Rules.model_validate(yaml.safe_load((Path(__file__).parent / "rules.yaml").read_text("utf-8")))
