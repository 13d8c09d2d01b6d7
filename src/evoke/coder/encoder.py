"""The default coder: offline, repeatable, a model's scores and MITI's rules. Knows no session and no page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from evoke.coder import reasons
from evoke.coder.permission import leave_to_advise
from evoke.coder.rules import rules
from evoke.coder.scores import ClientScores, LearnerScores, Scorer, Volley
from evoke.coder.split import clauses
from evoke.coder.tuned import TunedScorer
from evoke.coder.volley import Decision, Name, decide, likeliest
from evoke.codes import Coded, Speaker, Uncoded, UtteranceCode
from evoke.encoder.runtime import in_parallel
from evoke.settings import CONTEXT_TURNS
from evoke.transcript import Turn


class EncoderCoder:
    """Codes turns with a small model on the CPU; loads it when first needed. Safe to call from several threads."""

    def __init__(self, scorer: Scorer | None = None) -> None:
        self._scorer = scorer or TunedScorer()

    def code(self, text: str, speaker: Speaker, context: Sequence[Turn], *, target: str = "") -> Coded | Uncoded:
        """Code one volley in the context of the turns before it; Uncoded where nothing was said."""
        if (plain := without_model(text, speaker)) is not None:
            return plain
        volley = Volley(speaker, text, clauses(text), context[-CONTEXT_TURNS:], target)
        return self._code_learner(volley) if speaker == "learner" else self._code_client(volley)

    def code_all(self, turns: Sequence[Turn], *, target: str = "") -> list[Coded | Uncoded]:
        """Code every turn of one transcript."""
        return list(self.code_each(turns, target=target))

    def code_each(self, turns: Sequence[Turn], *, target: str = "") -> Iterator[Coded | Uncoded]:
        """Code the turns of one transcript one after the other, several at work at once."""
        return in_parallel(
            lambda n: self.code(turns[n].text, turns[n].speaker, turns[max(0, n - CONTEXT_TURNS) : n], target=target),
            range(len(turns)),
        )

    def _code_learner(self, volley: Volley) -> Coded:
        scores = self._scorer.learner(volley)
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

    def _code_client(self, volley: Volley) -> Coded:
        scores = self._scorer.client(volley)
        talk = likeliest({name: share * rules().favour[name] for name, share in scores.talk.items()})
        kind = None if talk == "neutral" else likeliest(scores.kinds)
        return Coded(
            speaker="client",
            talk=talk,
            talk_kind=kind,
            reason=reasons.of_talk(talk, kind),
            probabilities=_client_probabilities(scores),
        )


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
