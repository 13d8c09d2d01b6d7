"""A counsellor who listens: gives back what was said, deepens it, asks openly, leaves the choice with the client.

Follows the four processes (engage, focus, evoke, plan) by what the client has said so far, tells nothing without leave,
and plans only with a client who talks of change; reads neither card nor state.
"""

from __future__ import annotations

import re
from pathlib import Path

from evoke.counsellor.policy import Draw, Listens, lines_of
from evoke.counsellor.scripts import begin_turn, talk_of
from evoke.counsellor.skilled_lines import Phase, SkilledLines, filled
from evoke.counsellor.turning import clauses, thing
from evoke.transcript import Transcript, Turn

ON_EDGE = re.compile(
    r"\b(don't get to|not going to sit|leave me|had enough|waste of|who are you to|lecture|safety video|you people|"
    r"telling me|get off my)\b",
    re.IGNORECASE,
)
SCALE = re.compile(r"\b(?:out of|to|from nought to) (?:ten|10)\b|/ ?10", re.IGNORECASE)
NUMBER = re.compile(r"\b(nought|zero|one|two|three|four|five|six|seven|eight|nine|ten|[0-9]|10)\b", re.IGNORECASE)
RECENT = 6  # client turns
NOD = 3  # words at most


class Skilled:
    """Reflects more than they ask."""

    name = "skilled"
    listens: Listens = "codes"

    def __init__(self, file: Path) -> None:
        self._lines: SkilledLines = lines_of(file, SkilledLines)
        self._used: set[str] = set()

    def say(self, transcript: Transcript) -> str:
        """See Policy."""
        turn, draw = begin_turn(transcript, self.name, self._used)
        client = [one for one in transcript.turns if one.speaker == "client"]
        learner = [one for one in transcript.turns if one.speaker == "learner"]
        if turn == 1:
            return draw.line(self._lines.greeting)
        if self._is_over(turn, learner):
            return draw.line(self._lines.close)
        if ON_EDGE.search(client[-1].text) and draw.chance(0.6):
            return draw.line(self._lines.repair)
        phase = self._phase(turn, client)
        return self._follow_up(client[-1], learner[-1], phase, draw) or self._answer(client, learner, phase, draw)

    def _is_over(self, turn: int, learner: list[Turn]) -> bool:
        """Whether it is time to part: the hour is over, or a plan has had its time."""
        lines = self._lines
        planned = sum(_says(one, (*lines.ask["plan"], *lines.ask_closed["plan"])) for one in learner)
        return turn > lines.close_after or (turn >= lines.close_planned and planned >= lines.enough_planning)

    def _phase(self, turn: int, client: list[Turn]) -> Phase:
        """Where the talk has come to; to planning only when the client's own talk leads there."""
        lines, recent = self._lines, [talk_of(one) for one in client[-RECENT:]]
        ready = (
            recent.count("change") >= lines.plan_needs_change
            and recent.count("sustain") <= lines.plan_bears_sustain
            and recent[-1] != "sustain"
        )
        reached = [phase for phase, since in lines.phases.items() if turn >= since and (phase != "plan" or ready)]
        return reached[-1]

    def _follow_up(self, said: Turn, mine: Turn, phase: Phase, draw: Draw) -> str | None:
        """What belongs after an offer of information, a ruler, or a question of the client's; None after all else."""
        lines = self._lines
        if _says(mine, lines.ask_leave) and re.search(lines.refused, said.text, re.IGNORECASE):
            return f"{draw.line(lines.leave_it)} {self._question(said, phase, draw)}"
        if _says(mine, lines.ask_leave) and re.search(lines.agreed, said.text, re.IGNORECASE):
            return draw.line(lines.offer)
        numbers = NUMBER.findall(SCALE.sub("", said.text)) if _says(mine, lines.rulers) else []
        if numbers:
            return filled(draw.line(lines.ruler_follows), number=numbers[0].lower())
        if re.search(lines.asks, said.text, re.IGNORECASE):
            return f"{draw.line(lines.answer_back)} {self._question(said, phase, draw)}"
        return None

    def _answer(self, client: list[Turn], learner: list[Turn], phase: Phase, draw: Draw) -> str:
        """A summary, an offer or a ruler now and then; else something given back, something asked, or both."""
        now_and_then = self._now_and_then(client, learner, phase, draw)
        if now_and_then:
            return now_and_then
        chance = self._lines.chance
        given = self._given_back(client[-1], draw) if draw.chance(chance.reflect) else None
        more = self._more(client[-1], draw)
        asks = given is None or _runs_dry(client) or draw.chance(chance.ask_after_reflecting)
        parts = [given, more, self._question(client[-1], phase, draw) if asks else None]
        return " ".join(part for part in parts if part)

    def _now_and_then(self, client: list[Turn], learner: list[Turn], phase: Phase, draw: Draw) -> str | None:
        """What a good talk has once or twice: a summary, a ruler, information that was asked leave for."""
        lines, chance = self._lines, self._lines.chance
        summary = self._summary(client, draw) if phase in ("evoke", "plan") and draw.chance(chance.summary) else None
        if summary:
            return summary
        asked = sum(_says(one, lines.ask_leave) for one in learner)
        if phase != "engage" and asked < lines.leaves_asked and draw.chance(chance.ask_leave):
            return draw.line(lines.ask_leave)
        rulers = [line for line in lines.rulers if not any(_says(one, (line,)) for one in learner)]
        return draw.line(rulers[:1]) if phase == "evoke" and rulers and draw.chance(chance.ruler) else None

    def _given_back(self, turn: Turn, draw: Draw) -> str:
        """A reflection of the client's last words; of what they come to where they cannot be turned round."""
        own, deep = clauses(turn.text), draw.chance(self._lines.chance.deep)
        guesses = [line for line in self._guesses(turn) if deep and draw.is_new(line)]
        if guesses and (not own or draw.chance(0.5)):
            return draw.line(guesses)
        if not own:
            return draw.line(self._lines.heard if len(turn.text.split()) <= NOD else self._lines.plain[talk_of(turn)])
        deeper = {"change": self._lines.deepen_change, "sustain": self._lines.deepen_sustain}
        frames = deeper.get(talk_of(turn), self._lines.deepen_neutral) if deep else self._lines.give_back
        return filled(draw.line(frames), said=max(own, key=lambda clause: len(clause.split())))

    def _guesses(self, turn: Turn) -> tuple[str, ...]:
        """What may stand behind the client's words; nothing where no cue is found."""
        return next((cue.say for cue in self._lines.cues if re.search(cue.find, turn.text, re.IGNORECASE)), ())

    def _more(self, turn: Turn, draw: Draw) -> str | None:
        """The choice left with the client, or a strength named."""
        if talk_of(turn) == "sustain" and draw.chance(2 * self._lines.chance.autonomy):
            return draw.line(self._lines.autonomy)
        named = thing(turn.text, self._lines.plain_words)
        if named and talk_of(turn) == "change" and draw.chance(self._lines.chance.affirm):
            return filled(draw.line(self._lines.affirm), thing=named)
        return None

    def _question(self, turn: Turn, phase: Phase, draw: Draw) -> str:
        named = thing(turn.text, self._lines.plain_words)
        asked = self._lines.ask_closed if draw.chance(self._lines.chance.closed) else self._lines.ask
        fitting = [line for line in asked[phase] if named or "$thing" not in line]
        return filled(draw.line(fitting), thing=named or "")

    def _summary(self, client: list[Turn], draw: Draw) -> str | None:
        """One thing said against change and one said for it, the second last."""
        against = [c for turn in client if talk_of(turn) == "sustain" for c in clauses(turn.text)]
        change = [c for turn in client if talk_of(turn) == "change" for c in clauses(turn.text)]
        if not (against and change):
            return None
        return filled(draw.line(self._lines.summary), first=draw.line(against[-3:]), second=draw.line(change[-3:]))


def _runs_dry(client: list[Turn]) -> bool:
    """Whether the client has only nodded twice running, so that another reflection would hang in the air."""
    return len(client) > 1 and all(len(turn.text.split()) <= NOD for turn in client[-2:])


def _says(turn: Turn, lines: tuple[str, ...]) -> bool:
    """Whether one of the lines stands in a turn, its blanks aside."""
    return any(line.partition("$")[0] in turn.text for line in lines if not line.startswith("$"))
