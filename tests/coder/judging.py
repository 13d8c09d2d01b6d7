"""An endpoint that judges turns as it is told to, and what it was asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evoke.coder.llm import LlmCoder
from evoke.coder.llm_cache import AnswerCache
from evoke.llm import tokens
from evoke.llm.budget import CODING, Budget
from evoke.llm.chat import ChatModel, Message
from evoke.transcript import Turn
from tests.llm.playing import Play, Player, Stage

PASSAGE = re.compile(r"<<<(transcript [0-9a-f]{16})>>>\n(.*?)\n<<<end of \1>>>\n\n(.*)", re.DOTALL)
PATIENT = {"timeout_s": 60, "retries": 0}  # a busy machine is no fault
PLAIN = {"rival": "none", "question": "none"}


@dataclass(frozen=True)
class Asked:
    """One request as a good model reads it: the tier's shape, the lines between the marks, the turns to judge."""

    shape: str
    lines: list[dict[str, Any]]
    turns: list[int]

    def text(self, number: int) -> str:
        return next(line["text"] for line in self.lines if line.get("turn") == number)


Judge = Callable[[Asked, int], dict[str, Any] | None]


def asked(body: dict[str, Any]) -> Asked | None:
    """What a request asks for, None for the probe of the line."""
    shape = body["response_format"]["json_schema"]["name"]
    if shape == "Ready":
        return None
    found = PASSAGE.search(body["messages"][1]["content"])  # what comes after it sends a misshapen answer back
    assert found, "the passage does not stand between its marks"
    task = found[3]
    numbers = re.findall(r"^- (\d+): ", task, re.MULTILINE) or re.findall(r"\d+", task.split("order: ")[1])
    lines = [json.loads(line) for line in found[2].split("\n")]
    return Asked(shape, lines, [int(number) for number in numbers])


def questions(stage: Stage) -> list[Asked]:
    """Everything that was asked but for the probe."""
    return [one for body in stage.requests if (one := asked(body))]


def judges(judge: Judge) -> Play:
    """An endpoint that gives the entry that `judge` makes for each turn, and leaves a turn out where it makes none."""

    def play(player: Player) -> None:
        question = asked(player.body)
        entries = [judge(question, number) for number in question.turns] if question else []
        answer = {"turns": [one for one in entries if one]} if question else {"ready": True}
        tell(player, json.dumps(answer))

    return play


def tell(player: Player, text: str) -> None:
    """Answer in one piece, with the usage that such an answer has."""
    said = [Message.model_validate(message) for message in player.body["messages"]]
    player.begin()
    player.piece(text)
    player.delta({}, finish="stop")
    player.usage(tokens.estimate(said), tokens.count(text), 0)
    player.done()


def sensible(question: Asked, number: int) -> dict[str, Any]:
    """A judge that goes by a few plain words."""
    text = question.text(number)
    made: dict[str, Any] = {"turn": number, "reason": "It says so."}
    if question.shape == "Behaviours":
        kind = "question" if "?" in text else "reflection" if text.startswith("You") else "other"
        return {**made, "behaviour": kind}
    if question.shape == "Leanings":
        lean = "change" if "want to stop" in text else "sustain" if "like it" in text else "neutral"
        return {**made, "talk": lean}
    if question.shape == "Kinds":
        return {**made, "kind": "desire" if "want" in text else "reason"}
    return {"turn": number, "utterances": [utterance(piece) for piece in re.findall(r"[^.?!]+[.?!]*", text)]}


def utterance(words: str, code: str = "", **fields: str) -> dict[str, str]:
    """One utterance; without a code, by a few plain words."""
    words = words.strip()
    plain = "question" if "?" in words else "simple_reflection" if words.startswith("You") else "uncoded"
    kind = {"question": "open"} if (code or plain) == "question" else {}
    return {"words": words, "reason": "By its words.", "code": code or plain, **PLAIN, **kind, **fields}


def cuts(*utterances: dict[str, str], behaviour: str = "other") -> Judge:
    """A judge that gives every learner turn this behaviour and these utterances."""

    def judge(question: Asked, number: int) -> dict[str, Any]:
        if question.shape == "Behaviours":
            return {"turn": number, "reason": "It does.", "behaviour": behaviour}
        if question.shape == "Cuts":
            return {"turn": number, "utterances": list(utterances)}
        return sensible(question, number)

    return judge


def coder_for(model: ChatModel, folder, budget: Budget | None = None) -> LlmCoder:
    return LlmCoder(model, AnswerCache(folder), budget or Budget(10_000_000, allowance=CODING))


def talk(*texts: str, first: str = "client") -> list[Turn]:
    """Turns by turns of the two speakers."""
    order = ("client", "learner") if first == "client" else ("learner", "client")
    return [Turn(id=str(n), parent=None, speaker=order[n % 2], text=text) for n, text in enumerate(texts)]


LONG = [words for n in range(12) for words in (f"I like it, evening {n}.", f"You want to keep evening {n}.")]
