"""The default coder: offline, repeatable, a model's scores and MITI's rules. Knows no session and no page."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, tee
from operator import attrgetter

from evoke.coder import reasons
from evoke.coder.llm_batch import Spoken
from evoke.coder.permission import leave_to_advise
from evoke.coder.rules import rules
from evoke.coder.scores import ClientScores, LearnerScores, Scorer, Scores, Volley
from evoke.coder.split import clauses
from evoke.coder.tuned import TunedScorer
from evoke.coder.volley import Decision, Name, decide, likeliest
from evoke.codes import Coded, Speaker, Uncoded, UtteranceCode
from evoke.settings import CONTEXT_TURNS
from evoke.transcript import Turn


class EncoderCoder:
    """Codes turns with a small model on the CPU; loads it when first needed. Safe to call from several threads."""

    def __init__(self, scorer: Scorer | None = None) -> None:
        self._scorer = scorer or TunedScorer()

    def code(self, text: str, speaker: Speaker, context: Sequence[Turn], *, target: str = "") -> Coded | Uncoded:
        """Code one volley in the context of the turns before it; Uncoded where nothing was said.

        With the whole talk as context the answer is the same that `code_all` gives for this turn.
        """
        if (plain := without_model(text, speaker)) is not None:
            return plain
        before = [Volley(turn.speaker, turn.text, (), (), target) for turn in context]
        volley = Volley(speaker, text, clauses(text), context[-CONTEXT_TURNS:], target)
        return self._coded(volley, self._scorer.last([*before, volley]))

    def code_all(self, turns: Sequence[Turn], *, target: str = "") -> list[Coded | Uncoded]:
        """Code every turn of one transcript."""
        return list(self.code_talks(Spoken("", target, turn) for turn in turns))

    def code_talks(self, spoken: Iterable[Spoken]) -> Iterator[Coded | Uncoded]:
        """Code the turns of one transcript after the other; few of them are held at a time."""
        read, scored = tee(_volleys(spoken))
        for volley, scores in zip(read, self._scorer.each(scored), strict=True):
            plain = without_model(volley.text, volley.speaker)
            yield plain if plain is not None else self._coded(volley, scores)

    def _coded(self, volley: Volley, scores: Scores) -> Coded:
        if isinstance(scores, LearnerScores):
            return self._code_learner(volley, scores)
        return self._code_client(scores)

    def _code_learner(self, volley: Volley, scores: LearnerScores) -> Coded:
        decision = decide(volley.clauses, scores, leave_to_advise(volley.context))
        return Coded(
            speaker="learner",
            behaviour=decision.behaviour,
            codes=decision.codes,
            question=decision.question,
            reflection=decision.reflection,
            reason=reasons.of_volley(decision),
            probabilities=_learner_probabilities(scores),
            utterances=_utterances(decision),
        )

    def _code_client(self, scores: ClientScores) -> Coded:
        talk = likeliest({name: share * rules().favour[name] for name, share in scores.talk.items()})
        kind = None if talk == "neutral" else likeliest(scores.kinds)
        return Coded(
            speaker="client",
            talk=talk,
            talk_kind=kind,
            reason=reasons.of_talk(talk, kind),
            probabilities=_client_probabilities(scores),
        )


def _volleys(spoken: Iterable[Spoken]) -> Iterator[Volley]:
    """Each turn as a model reads it; the context is empty where another transcript begins."""
    for _, talk in groupby(spoken, key=attrgetter("transcript")):
        before: deque[Turn] = deque(maxlen=CONTEXT_TURNS)
        for _, target, turn in talk:
            yield Volley(turn.speaker, turn.text, clauses(turn.text), tuple(before), target)
            before.append(turn)


def without_model(text: str, speaker: Speaker) -> Coded | Uncoded | None:
    """The answer for a turn that needs no model: nothing was said, or only a sign of listening; None for any other."""
    if not clauses(text):
        return Uncoded(speaker=speaker, reason="There are no words to code in this turn.")
    return _back_channel(text, speaker) if is_back_channel(text, speaker) else None


def is_back_channel(text: str, speaker: Speaker) -> bool:
    """Whether a turn is only a sign of listening. A client's "yeah" may be an answer, so only sounds count there."""
    listed = rules().back_channels
    words = [word.replace("-", "") for word in re.findall(r"[\w'-]+", text.lower())]
    known = listed.words if speaker == "learner" else listed.sounds
    return "?" not in text and len(words) <= listed.most_words and all(word in known for word in words)


def _back_channel(text: str, speaker: Speaker) -> Coded:
    reason = rules().back_channels.reason
    line = f"{reason[0].upper()}{reason[1:]}."
    if speaker == "client":
        return Coded(speaker="client", talk="neutral", reason=line, probabilities={"talk.neutral": 1.0})
    whole = UtteranceCode(text=text.strip(), code=None, probability=1.0, reason=line)
    return Coded(
        speaker="learner",
        behaviour="other",
        reason=line,
        probabilities={"behaviour.other": 1.0},
        utterances=(whole,),
    )


def _utterances(decision: Decision) -> tuple[UtteranceCode, ...]:
    return tuple(
        UtteranceCode(
            text=one.clause.text,
            code=one.code,
            probability=round(min(1.0, max(0.0, one.probability)), 4),
            reason=reasons.of_utterance(one, decision.question),
        )
        for one in decision.labels
    )


def _learner_probabilities(scores: LearnerScores) -> dict[str, float]:
    return (
        _dotted("behaviour", scores.behaviour)
        | _dotted("question", scores.question)
        | _dotted("reflection", scores.reflection)
        | _dotted("code", scores.codes)
    )


def _client_probabilities(scores: ClientScores) -> dict[str, float]:
    return _dotted("talk", scores.talk) | _dotted("kind", scores.kinds)


def _dotted(group: str, shares: Mapping[Name, float]) -> dict[str, float]:
    return {f"{group}.{name}": round(p, 4) for name, p in shares.items()}
