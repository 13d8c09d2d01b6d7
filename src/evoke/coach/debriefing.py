"""From a coded transcript to its debrief. Knows the order of the work, none of its rules."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from evoke.coach.authored import Authored, as_authored
from evoke.coach.balance import Balance, balance
from evoke.coach.evidence import path_of, practice, shown
from evoke.coach.feedback import Feedback, Writer, feedback
from evoke.coach.globals import Globals, globals_of
from evoke.coach.moments import moments
from evoke.coach.report import Caught, Report, Technical
from evoke.coach.situation import Situation
from evoke.coach.wordings import Speech, wordings
from evoke.codes import Uncoded
from evoke.llm.chat import ChatModel
from evoke.measures import measure
from evoke.persona import Persona
from evoke.retrieval import Recall
from evoke.transcript import Transcript, Usage


def debrief(
    transcript: Transcript, persona: Persona | None = None, recall: Recall | None = None, model: ChatModel | None = None
) -> Report:
    """The debrief of one path of turns that a coder has coded.

    Without a persona (a transcript from elsewhere) better lines come from the handbook; without `recall` passages are
    found by topic alone; `model` writes better lines where it is capable and is never asked to judge.
    """
    heard = as_authored(transcript.turns, persona)
    path = path_of(heard.turns)
    evidence = shown(path)
    seed = transcript.seed if transcript.seed is not None else _seed(transcript)
    speech = Speech(persona.name if persona else None, seed)
    target = transcript.target or (persona.target_behaviour if persona else "")
    rated = globals_of(path, evidence)
    writer = Writer(speech, target=target, persona=persona, recall=recall, model=model, seed=seed)
    said = feedback(path, writer, persona) if rated else Feedback(strengths=(), growth=(), usage=Usage())
    walked = balance(path, evidence)
    return Report(
        schema=1,
        persona=transcript.persona,
        name=persona.name if persona else None,
        target=target,
        turns=tuple(turn.model_copy(update={"note": None}) for turn in heard.turns),
        measures=measure(heard.turns),
        balance=walked,
        globals=rated,
        summary=_summary(walked, speech) if rated else None,
        strengths=said.strengths,
        growth=said.growth,
        moments=moments(path),
        notes=tuple(_notes(path, rated, said, speech)),
        again_from=said.growth[0].again_from if said.growth else None,
        technical=_technical(transcript, heard, said.usage, model),
    )


def _summary(walked: Balance, speech: Speech) -> str | None:
    return speech.say(wordings().rooms[walked.mainly], f"room:{walked.mainly}") if walked.mainly else None


def _notes(path: Sequence[Situation], rated: Globals | None, said: Feedback, speech: Speech) -> list[str]:
    """What has to be said about what cannot be said."""
    notes, needed = wordings().notes, practice().globals.fewest_turns
    if rated is None:
        short = len(path) < needed
        had = len(path) if short else sum(now.coded is not None for now in path)
        kind = notes["too_short"] if short else notes["too_few_coded"]
        return [speech.say(kind, "note:short", needed=needed, had=had)]
    found = [speech.say(notes["tentative"], "note:tentative")] if rated.tentative else []
    found += [] if said.strengths else [speech.say(notes["no_strengths"], "note:strengths")]
    return found if said.growth else [*found, speech.say(notes["no_growth"], "note:growth")]


def _technical(transcript: Transcript, heard: Authored, spent: Usage, model: ChatModel | None) -> Technical:
    return Technical(
        model=transcript.model,
        seed=transcript.seed,
        counsellor=transcript.counsellor,
        caught=tuple(Caught(turn_id=turn.id, catch=catch) for turn in transcript.turns for catch in turn.guard),
        uncoded={turn.id: turn.coded.reason for turn in transcript.turns if isinstance(turn.coded, Uncoded)},
        authored=heard.known,
        heard_otherwise=heard.otherwise,
        usage=transcript.usage,
        coach_model=model.name if model and model.capable else None,
        coach_usage=spent,
    )


def _seed(transcript: Transcript) -> int:
    """A seed from the words themselves, so that the same transcript always reads the same."""
    return zlib.crc32("\n".join(turn.text for turn in transcript.turns).encode())
