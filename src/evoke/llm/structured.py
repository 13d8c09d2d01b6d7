"""Answers with a shape: a pydantic model out of a chat model. Knows JSON and how endpoints take schemas, not the task.

Endpoints differ in what they honour, so each is probed once, from the strictest way down, and the rung is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from evoke.codes import Frozen
from evoke.errors import ModelNonsense
from evoke.llm.budget import Metered
from evoke.llm.chat import ChatModel, Message, Reply
from evoke.llm.endpoint import Address, Endpoint
from evoke.llm.faults import Refused
from evoke.prompts import fill, text
from evoke.transcript import Usage

Rung = Literal["json_schema", "function_calling", "json_object", "prose"]
RUNGS: tuple[Rung, ...] = ("json_schema", "function_calling", "json_object", "prose")
Shape = TypeVar("Shape", bound=BaseModel)

_PROBE_TOKENS = 64
_rungs: dict[Address, Rung] = {}


class Answer(Frozen, Generic[Shape]):
    """A value of the wished shape, what it cost, and by which rung it came."""

    value: Shape
    usage: Usage
    rung: Rung


class Ready(BaseModel):
    """What the probe asks for."""

    ready: bool


def ask(
    model: ChatModel, messages: Sequence[Message], shape: type[Shape], *, max_tokens: int, seed: int = 0
) -> Answer[Shape]:
    """The answer as `shape`, at temperature 0. A misshapen one is sent back once with its fault.

    Raises ModelNonsense when the second is misshapen too, and ModelDown as every call does.
    """
    rung = rung_of(model)
    reply = _asked(model, messages, shape, rung, max_tokens, seed)
    usage = reply.usage
    try:
        value = read(reply.text, shape)
    except ValueError as fault:
        repair = fill("llm/repair", fault=_brief(fault))
        said = [*messages, Message(role="assistant", content=reply.text), Message(role="user", content=repair)]
        second = _asked(model, said, shape, rung, max_tokens, seed)
        usage += second.usage
        try:
            value = read(second.text, shape)
        except ValueError as still:
            raise ModelNonsense(
                f"{model.name} did not give the JSON it was asked for ({_brief(still)}). Try again, or a larger model."
            ) from still
    return Answer(value=value, usage=usage, rung=rung)


def rung_of(model: ChatModel) -> Rung:
    """The strictest way of asking that a model honours; an endpoint is probed at the first question."""
    endpoint = model.model if isinstance(model, Metered) else model
    if not isinstance(endpoint, Endpoint):
        return "prose"
    if endpoint.address not in _rungs:
        _rungs[endpoint.address] = next(rung for rung in RUNGS if rung == "prose" or _honours(model, rung))
    return _rungs[endpoint.address]


def read(said: str, shape: type[Shape]) -> Shape:
    """The first JSON object in a text, as `shape`; prose and fences around it do not matter. Raises ValueError."""
    start = said.find("{")
    if start < 0:
        raise ValueError("there is no JSON object")
    found, _ = json.JSONDecoder(strict=False).raw_decode(said, start)
    return shape.model_validate(found)


def _honours(model: ChatModel, rung: Rung) -> bool:
    try:
        reply = _asked(model, [Message(role="user", content=text("llm/probe"))], Ready, rung, _PROBE_TOKENS, 0)
        read(reply.text, Ready)
    except (Refused, ModelNonsense, ValueError):
        return False
    return True


def _asked(
    model: ChatModel, messages: Sequence[Message], shape: type[BaseModel], rung: Rung, max_tokens: int, seed: int
) -> Reply:
    schema = _strict_schema(shape)
    if rung in ("json_object", "prose"):
        order = fill("llm/as_json", schema=json.dumps(schema["parameters"]))
        messages = [*messages[:-1], Message(role=messages[-1].role, content=f"{messages[-1].content}\n\n{order}")]
    if isinstance(model, Endpoint | Metered):
        return model.complete(messages, max_tokens=max_tokens, temperature=0, seed=seed, body=_fields(rung, schema))
    return model.complete(messages, max_tokens=max_tokens, temperature=0, seed=seed)


def _fields(rung: Rung, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The request fields that ask for a shape on this rung."""
    name, parameters = schema["name"], schema["parameters"]
    if rung == "json_schema":
        wanted = {"name": name, "schema": parameters, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": wanted}}
    if rung == "function_calling":
        return {
            "tools": [{"type": "function", "function": dict(schema)}],
            "tool_choice": {"type": "function", "function": {"name": name}},
        }
    return {"response_format": {"type": "json_object"}} if rung == "json_object" else {}


def _strict_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """Name, description and parameters of a shape, every field required and no other allowed, as OpenAI wants it."""
    from langchain_core.utils.function_calling import convert_to_openai_function

    return convert_to_openai_function(shape, strict=True)


def _brief(fault: ValueError) -> str:
    if isinstance(fault, ValidationError):
        first = fault.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'the object'}: {first['msg']}"
    return str(fault)
