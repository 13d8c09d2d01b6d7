"""What can go wrong, as one small tree. Knows messages; does not know who shows them.

EvokeError
├── BadInput          a card, transcript, prompt or setting cannot be used: file, place and cure
├── NotHere           something asked for by name does not exist: a persona, a session, a turn
├── ModelError        a language model could not do what it was asked
│   ├── ModelDown         nothing answers at the address, or not in time
│   └── ModelNonsense     it answered, but not in a form that can be used
├── BudgetSpent       the session's token or cost budget is used up
└── StoreError        the archive or the disk refused
"""

from __future__ import annotations

from functools import partial
from pathlib import Path


class EvokeError(Exception):
    """Root of all errors that a person should read: what, where, and the cure, in one sentence."""


class BadInput(EvokeError):
    """Input that cannot be used.

    `what` is the fault, `file`/`line`/`field` the place (each may be unknown), `cure` what to do about it.
    """

    def __init__(
        self,
        what: str,
        *,
        cure: str,
        file: str | Path | None = None,
        line: int | None = None,
        field: str | None = None,
    ) -> None:
        self.what, self.cure, self.file, self.line, self.field = what, cure, file, line, field
        place = str(file) if file else ""
        place += f":{line}" if file and line else f"line {line}" if line else ""
        place += f" ({field})" if place and field else field or ""
        super().__init__(f"{place}: {what}. {cure}" if place else f"{what}. {cure}")

    def __reduce__(self) -> tuple[object, ...]:
        """Whole again on the other side of a process: an exception is else made anew from its message alone."""
        return partial(BadInput, self.what, cure=self.cure, file=self.file, line=self.line, field=self.field), ()


class NotHere(EvokeError):
    """A name that leads nowhere; the message lists what there is."""


class ModelError(EvokeError):
    """A language model could not do what it was asked."""


class ModelDown(ModelError):
    """Nothing answers at the address, or not in time, or it refuses us."""


class ModelNonsense(ModelError):
    """The model answered, but not in a form that can be used."""


class BudgetSpent(EvokeError):
    """The session's token or cost budget is used up; nothing was sent."""


class StoreError(EvokeError):
    """The archive or the disk refused; nothing half-written was left."""
