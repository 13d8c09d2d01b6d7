"""The turns of one session as a tree, with the client's state after each. Knows no client and no store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evoke.client.state import ClientState
from evoke.errors import NotHere
from evoke.transcript import Turn


class Tree:
    """Every turn ever made, in order, and the head that the session now stands at."""

    def __init__(self, turns: Iterable[Turn] = (), states: Mapping[str, ClientState] | None = None) -> None:
        self._turns = {turn.id: turn for turn in turns}
        self._states = dict(states or {})
        self.head: str | None = None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The whole tree, oldest first."""
        return tuple(self._turns.values())

    @property
    def path(self) -> tuple[Turn, ...]:
        """From the first turn to the head."""
        return self.path_to(self.head)

    def path_to(self, turn_id: str | None) -> tuple[Turn, ...]:
        """From the first turn to that one."""
        path: list[Turn] = []
        while turn_id is not None:
            path.append(self._turns.get(turn_id) or self[turn_id])
            turn_id = path[-1].parent
        return tuple(reversed(path))

    def children(self, turn_id: str) -> tuple[Turn, ...]:
        """The turns that follow one, a branch each."""
        return tuple(turn for turn in self._turns.values() if turn.parent == turn_id)

    def put(self, turn: Turn, state: ClientState) -> bool:
        """Add a turn, or replace it where it is there already, and stand there; whether it is new."""
        new = turn.id not in self._turns
        self._turns[turn.id], self._states[turn.id] = turn, state
        self.head = turn.id
        return new

    def state(self, turn_id: str) -> ClientState:
        """The client's state after a turn. Raises NotHere."""
        self[turn_id]
        return self._states[turn_id]

    def __getitem__(self, turn_id: str) -> Turn:
        if turn_id not in self._turns:
            raise NotHere(f"no turn '{turn_id}' in this session; it has {len(self._turns)} turns")
        return self._turns[turn_id]
