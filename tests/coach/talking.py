"""Talks to debrief, written turn by turn."""

from __future__ import annotations

from collections.abc import Sequence

from evoke.codes import Coded, UtteranceCode
from evoke.transcript import Mood, Step, Transcript, Turn

MOOD = Mood(trust=4, discord=1, importance=3, confidence=5, stage="contemplation")


def L(
    text: str, *codes: str, ask: str | None = None, sure: float = 1.0, steps=(), discord: float | None = None
) -> Turn:
    """A learner turn; `ask` is open or closed; a known `discord` or `steps` give it a client's state."""
    asked = ask or ("open" if "question" in codes else None)
    coded = Coded(
        speaker="learner",
        behaviour="question" if "question" in codes else "other",
        codes=codes,
        question=asked,
        reason="a reason",
        probabilities={f"code.{code}": sure for code in codes},
        utterances=[UtteranceCode(text=text, code=codes[0], probability=sure, reason="r")] if codes else [],
    )
    state = MOOD.model_copy(update={"discord": discord or 0.0}) if steps or discord is not None else None
    made = [Step(variable=variable, delta=delta, rule=rule, reason=f"{rule}.") for rule, variable, delta in steps]
    return Turn(id="", parent=None, speaker="learner", text=text, coded=coded, state=state, steps=tuple(made))


def C(text: str, talk: str | None = "neutral", lines: Sequence[str] = (), sure: float = 1.0) -> Turn:
    """A client turn; `talk` None leaves it without a code."""
    coded = Coded(speaker="client", talk=talk, reason="r", probabilities={f"talk.{talk}": sure}) if talk else None
    return Turn(id="", parent=None, speaker="client", text=text, coded=coded, lines=tuple(lines))


def path(*turns: Turn) -> tuple[Turn, ...]:
    """The turns with ids and parents."""
    ids = [f"t{n}" for n in range(len(turns))]
    parents = [None, *ids]
    return tuple(
        turn.model_copy(update={"id": name, "parent": parent})
        for turn, name, parent in zip(turns, ids, parents, strict=False)
    )


def talk(*turns: Turn, seed: int = 7) -> Transcript:
    """A transcript of those turns."""
    return Transcript(turns=path(*turns), seed=seed, target="drinking less on work nights")


SKILLED = (
    C("They sent me here after a breath test."),
    L("Being sent is not how you would have chosen to come.", "complex_reflection"),
    C("No. The breath test was bad luck. I can't stop, it's how I sleep.", "sustain"),
    L("Part of you needs it for sleep, and at the same time that breath test stays with you.", "complex_reflection"),
    C("It does. I want my daughter to get in the car and not look at me like that.", "change"),
    L("Your daughter getting in that car easy, that matters more than the beer.", "complex_reflection"),
    C("She matters most. I should do something.", "change"),
    L("What would be different for you two on Saturdays?", "question"),
    C("I'd be fresh. I'd drive with the window up.", "change"),
    L("It is your decision what you do with that, nobody else's.", "emphasize_autonomy"),
    C("Maybe Thursdays without.", "change"),
)
DIRECTIVE = (
    C("They sent me here after a breath test."),
    L("You need to stop drinking before work, full stop.", "persuade"),
    C("I never missed a day.", "sustain"),
    L("That's an excuse and you know it.", "confront"),
    C("You don't know me.", "sustain"),
    L("There's a group on Tuesdays you should join.", "persuade"),
    C("No way am I sitting in a circle.", "sustain"),
    L("Do you drink every day?", "question", ask="closed"),
    C("Most days.", "neutral"),
)
FLATTERING = (
    C("They sent me here after a breath test."),
    L("You're amazing for coming, well done you!", "affirm"),
    C("If you say so.", "neutral"),
    L("Honestly so brave, I'm so proud of you!", "affirm"),
    C("Right.", "neutral"),
    L("Fantastic, you're incredible, keep it up!", "affirm"),
    C("Okay.", "neutral"),
    L("That's awesome, you are so strong.", "affirm"),
    C("I just drink less than my brother.", "neutral"),
)
