import json
from typing import Literal

import pytest
from pydantic import BaseModel

from evoke.errors import ModelDown, ModelNonsense
from evoke.llm import structured
from evoke.llm.chat import Message
from evoke.llm.scripted import ScriptedModel
from evoke.prompts import fill
from tests.llm.playing import Play, Player, on_stage, refuses, says


class Judgement(BaseModel):
    """How one turn went."""

    band: Literal["low", "middle", "high"]
    quote: str


ASKED = [Message(role="user", content="Judge this turn.")]
GOOD = {"band": "high", "quote": "So the van is your peace."}
PROBE = {"ready": True}


@pytest.fixture(autouse=True)
def no_rung_remembered(monkeypatch):
    monkeypatch.setattr(structured, "_rungs", {})


def rung_of(sent: dict) -> structured.Rung:
    if "tools" in sent:
        return "function_calling"
    kind = sent.get("response_format", {}).get("type")
    return "prose" if kind is None else kind


def wanted(player: Player) -> dict:
    return PROBE if "ready" in json.dumps(player.body) else GOOD


def honours(*rungs: str, otherwise: Play) -> Play:
    """An endpoint that honours some rungs and does something else on the others."""

    def play(player: Player) -> None:
        rung = rung_of(player.body)
        if rung not in rungs:
            otherwise(player)
        elif rung == "function_calling":
            player.begin()
            called = {"name": player.body["tools"][0]["function"]["name"], "arguments": json.dumps(wanted(player))}
            player.delta({"tool_calls": [{"index": 0, "id": "1", "type": "function", "function": called}]})
            player.delta({}, finish="tool_calls")
            player.usage()
            player.done()
        else:
            says(json.dumps(wanted(player)))(player)

    return play


@pytest.mark.parametrize("best", structured.RUNGS)
@pytest.mark.parametrize(
    "otherwise", [refuses(400, "unsupported"), says("I feel this went well.")], ids=["refuses", "ignores"]
)
def test_the_strictest_rung_that_is_honoured_is_found_and_kept(best, otherwise):
    below = structured.RUNGS[structured.RUNGS.index(best) :]
    with on_stage(honours(*below, otherwise=otherwise)) as stage:
        model = stage.endpoint(retries=0)
        first = structured.ask(model, ASKED, Judgement, max_tokens=64)
        probes = len(stage.requests) - 1
        second = structured.ask(stage.endpoint(), ASKED, Judgement, max_tokens=64)
    assert first.value == second.value == Judgement(**GOOD)
    assert first.rung == second.rung == best
    assert probes == min(structured.RUNGS.index(best) + 1, 3)
    assert len(stage.requests) == probes + 2, "the second question probed again"


def test_the_schema_sent_is_strict():
    with on_stage(honours("json_schema", otherwise=refuses(400))) as stage:
        structured.ask(stage.endpoint(), ASKED, Judgement, max_tokens=64)
    wanted = stage.requests[-1]["response_format"]["json_schema"]
    assert (wanted["name"], wanted["strict"]) == ("Judgement", True)
    assert wanted["schema"]["additionalProperties"] is False
    assert wanted["schema"]["required"] == ["band", "quote"]


def test_prose_and_fences_around_the_object_do_not_matter():
    said = f"Here you are:\n```json\n{json.dumps(GOOD)}\n```\nI hope {{this}} helps."
    answer = structured.ask(ScriptedModel([said]), ASKED, Judgement, max_tokens=64)
    assert answer.value == Judgement(**GOOD)
    assert answer.rung == "prose"


def test_the_schema_is_written_out_where_nothing_enforces_it():
    model = ScriptedModel([json.dumps(GOOD)])
    structured.ask(model, ASKED, Judgement, max_tokens=64)
    order = model.asked[0][-1].content
    assert order.startswith("Judge this turn.\n\nAnswer with one JSON object and nothing else")
    assert '"enum": ["low", "middle", "high"]' in order


def test_a_misshapen_answer_is_sent_back_once_with_its_fault():
    model = ScriptedModel(['{"band": "great", "quote": "So."}', json.dumps(GOOD)])
    answer = structured.ask(model, ASKED, Judgement, max_tokens=64)
    assert answer.value == Judgement(**GOOD)
    assert answer.usage.calls == 2
    _, said, repair = model.asked[1]
    assert (said.role, said.content) == ("assistant", '{"band": "great", "quote": "So."}')
    assert repair.content.startswith(fill("llm/repair", fault="band: Input should be 'low', 'middle' or 'high'")[:60])


@pytest.mark.parametrize(
    "nonsense", ["I cannot judge.", '{"band": "high", "quote": "So', "{}"], ids=["prose", "cut off", "empty"]
)
def test_a_second_misshapen_answer_is_an_error_and_never_a_guess(nonsense):
    with pytest.raises(ModelNonsense, match="scripted did not give the JSON it was asked for"):
        structured.ask(ScriptedModel([nonsense, nonsense]), ASKED, Judgement, max_tokens=64)


def test_a_server_that_is_down_is_down_and_not_on_a_lower_rung():
    with on_stage(refuses(401)) as stage, pytest.raises(ModelDown, match="refuses the key"):
        structured.ask(stage.endpoint(), ASKED, Judgement, max_tokens=64)
    assert structured._rungs == {}
