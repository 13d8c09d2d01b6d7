import time

import pytest

from evoke.errors import ModelDown, ModelNonsense
from evoke.llm.chat import Message
from evoke.llm.endpoint import Address, Endpoint
from tests.llm.playing import (
    breaks_off,
    gives,
    hangs,
    on_stage,
    refuses,
    says,
    streams,
    talks_on,
)

ASKED = [Message(role="system", content="You are Marek."), Message(role="user", content="How was your evening?")]


def spoken(model, **options):
    return model.complete(ASKED, **{"max_tokens": 64, "temperature": 0.5, "seed": 7, **options})


def test_a_reply_streams_in_pieces_and_ends_with_the_servers_usage():
    with on_stage(says("Quiet, most nights.")) as stage:
        chunks = list(stage.endpoint().stream(ASKED, max_tokens=64, temperature=0.5, seed=7))
    assert [chunk.text for chunk in chunks[:-1]] == ["Quiet,", " most", " nights."]
    assert chunks[-1].usage.model_dump() == {
        "calls": 1, "prompt_tokens": 11, "cached_tokens": 7, "completion_tokens": 3, "cost": None,
    }  # fmt: skip


def test_the_request_carries_limit_seed_stop_and_asks_for_usage():
    with on_stage(says("Fine.")) as stage:
        spoken(stage.endpoint(), stop=["\n"])
    sent = stage.requests[0]
    assert sent["messages"] == [
        {"role": "system", "content": "You are Marek."},
        {"role": "user", "content": "How was your evening?"},
    ]
    assert (sent["max_tokens"], sent["temperature"], sent["seed"], sent["stop"]) == (64, 0.5, 7, ["\n"])
    assert sent["stream_options"] == {"include_usage": True}
    assert "max_completion_tokens" not in sent
    assert stage.keys == ["Bearer secret"]


def test_openai_itself_is_told_the_limit_by_its_own_name(monkeypatch):
    monkeypatch.setattr(Address, "is_openai", True)
    with on_stage(says("Fine.")) as stage:
        spoken(stage.endpoint())
    assert stage.requests[0]["max_completion_tokens"] == 64
    assert "max_tokens" not in stage.requests[0]


def test_a_key_meant_for_openai_is_never_sent_elsewhere(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-private")
    with on_stage(says("Fine.")) as stage:
        address = Address(base_url=stage.url, model="played")
        spoken(Endpoint("endpoint:played", lambda: address, capable=True))
    assert stage.keys == ["Bearer none"]


def test_usage_is_estimated_where_the_server_tells_none():
    with on_stage(says("Quiet, most nights.", usage=False)) as stage:
        usage = spoken(stage.endpoint()).usage
    assert usage.completion_tokens == 5
    assert 15 <= usage.prompt_tokens <= 30


def test_a_server_that_ignores_the_limit_is_cut_off_and_let_go():
    with on_stage(talks_on) as stage:
        reply = spoken(stage.endpoint(), max_tokens=20)
        assert stage.left.wait(5), "the server was left talking"
    assert 20 <= len(reply.text.split()) <= 24


def test_closing_the_stream_cancels_the_request():
    with on_stage(talks_on) as stage:
        reply = stage.endpoint().stream(ASKED, max_tokens=2000, temperature=0.5, seed=7)
        assert next(reply).text == " and on"
        reply.close()
        assert stage.left.wait(5), "the server was left talking"


def test_a_failure_inside_the_server_is_tried_again():
    with on_stage(refuses(500), says("Here now.")) as stage:
        assert spoken(stage.endpoint()).text == "Here now."
    assert len(stage.requests) == 2


def test_a_lasting_failure_is_told_after_the_retries():
    with on_stage(refuses(503)) as stage, pytest.raises(ModelDown, match=r"failed inside \(503\)"):
        spoken(stage.endpoint())
    assert len(stage.requests) == 3


def test_a_reply_that_breaks_off_is_not_begun_again():
    with on_stage(breaks_off, says("A second beginning.")) as stage:
        heard = []
        with pytest.raises(ModelDown):
            for chunk in stage.endpoint().stream(ASKED, max_tokens=64, temperature=0.5, seed=7):
                heard.append(chunk.text)
    assert heard == ["Well, ", "I "]
    assert len(stage.requests) == 1


@pytest.mark.filterwarnings("ignore:Pydantic serializer")
@pytest.mark.parametrize(
    ("play", "kind", "sentence"),
    [
        (refuses(401), ModelDown, r"refuses the key \(401\)\. Set EVOKE_LLM_API_KEY to a valid one\."),
        (refuses(403), ModelDown, r"refuses the key \(403\)"),
        (refuses(404), ModelDown, r"knows no model 'played' \(404\)\. Set EVOKE_LLM_MODEL"),
        (refuses(429), ModelDown, r"limits how often it may be asked"),
        (refuses(400, "no images, please"), ModelDown, r"refused the request \(400\): .*no images, please\."),
        (refuses(400, "maximum context length is 4096"), ModelDown, r"has grown too long\. .* end it here"),
        (gives(b"<html><body>Log in</body></html>", "text/html"), ModelNonsense, r"not as an OpenAI-compatible"),
        (gives(b'{"answer": 42}', "application/json"), ModelNonsense, r"not as an OpenAI-compatible"),
        (gives(b"", "text/event-stream"), ModelNonsense, r"."),
        (streams(b"<oops>"), ModelNonsense, r"not as an OpenAI-compatible"),
        (streams(b"[1, 2]"), ModelNonsense, r"not as an OpenAI-compatible"),
        (streams(b'{"choices": "none"}'), ModelNonsense, r"not as an OpenAI-compatible"),
        (streams(b'{"error": {"message": "out of memory"}}'), ModelDown, r"broke off: out of memory"),
        (streams(b'{"error": {"message": "exceeds the context size"}}'), ModelDown, r"has grown too long\."),
        (says(""), ModelNonsense, r"answered without a word"),
    ],
    ids=[
        "401",
        "403",
        "404",
        "429",
        "400",
        "too long",
        "html",
        "other json",
        "nothing",
        "broken json",
        "a list",
        "no choices",
        "an error event",
        "too long, told late",
        "no word",
    ],
)
def test_each_fault_has_its_sentence_with_the_cure(play, kind, sentence):
    with on_stage(play) as stage, pytest.raises(kind, match=sentence) as caught:
        spoken(stage.endpoint(retries=0))
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_silent_server_is_given_up_in_time():
    with on_stage(hangs) as stage:
        began = time.monotonic()
        with pytest.raises(ModelDown, match=r"did not finish within 0\.5 s"):
            spoken(stage.endpoint(timeout_s=0.5))
        waited = time.monotonic() - began
        stage.left.set()
    assert waited < 3
    assert len(stage.requests) == 1


def test_a_dripping_server_is_given_up_too():
    with on_stage(talks_on) as stage, pytest.raises(ModelDown, match="did not finish within"):
        for _ in stage.endpoint(timeout_s=0.1).stream(ASKED, max_tokens=4000, temperature=0.5, seed=7):
            pass


def test_nobody_at_the_address_is_said_with_the_variable_to_correct():
    with on_stage(says("Hello.")) as stage:
        gone = stage.endpoint(retries=0)
    with pytest.raises(ModelDown, match=r"Nothing answers at http://127\.0\.0\.1:\d+/v1\. .*EVOKE_LLM_BASE_URL"):
        spoken(gone)


def test_a_field_the_server_refuses_is_left_out_from_then_on():
    refused = refuses(400, "Unknown field: seed")
    with on_stage(refused, says("Here."), says("Again.")) as stage:
        model = stage.endpoint()
        assert (spoken(model).text, spoken(model).text) == ("Here.", "Again.")
    assert ["seed" in sent for sent in stage.requests] == [True, False, False]


def test_a_server_that_wants_the_newer_name_of_the_limit_gets_it():
    refused = refuses(400, "Use 'max_completion_tokens' instead.", param="max_tokens")
    with on_stage(refused, says("Here.")) as stage:
        assert spoken(stage.endpoint()).text == "Here."
    assert stage.requests[1]["max_completion_tokens"] == 64
    assert "max_tokens" not in stage.requests[1]


def test_warming_a_stranger_sends_nothing():
    with on_stage(says("Hello.")) as stage:
        stage.endpoint().warm(ASKED)
    assert stage.requests == []


def test_nothing_is_traced_elsewhere_whatever_the_environment_says(monkeypatch):
    from langchain_core.tracers.langchain import wait_for_all_tracers
    from langsmith import utils

    with on_stage(says("Fine.")) as stage, on_stage(says("")) as stranger:
        for name, value in {"TRACING": "true", "ENDPOINT": stranger.url, "API_KEY": "k"}.items():
            monkeypatch.setenv(f"LANGSMITH_{name}", value)
        utils.get_env_var.cache_clear()
        assert spoken(stage.endpoint()).text == "Fine."
        wait_for_all_tracers()
        assert stranger.keys == []
    utils.get_env_var.cache_clear()


def test_a_proxy_meant_for_openai_does_not_get_in_the_way(monkeypatch):
    monkeypatch.setenv("OPENAI_PROXY", "http://127.0.0.1:9")
    with on_stage(says("Fine.")) as stage:
        assert spoken(stage.endpoint()).text == "Fine."
