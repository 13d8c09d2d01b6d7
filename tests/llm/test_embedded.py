import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

from evoke.errors import ModelDown
from evoke.llm import embedded, open_model
from evoke.llm.chat import Message
from evoke.settings import Settings

pytestmark = pytest.mark.server

CALL = {"max_tokens": 24, "temperature": 0.0, "seed": 3}
PREFIX = [Message(role="system", content="You are Marek, a scaffolder of 41. You answer in one short sentence. " * 8)]


def asked(words: str) -> list[Message]:
    return [*PREFIX, Message(role="user", content=words)]


def get(url: str, key: str = "") -> int:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_real_model_streams_words_and_tells_its_usage(tiny_model):
    *words, last = tiny_model.stream(asked("How was your evening?"), **CALL)
    assert len(words) > 3
    assert all(chunk.text and chunk.usage is None for chunk in words)
    assert last.text == ""
    assert 0 < last.usage.completion_tokens <= 24
    assert last.usage.prompt_tokens > 100


def test_the_limit_is_kept_by_the_server_itself(tiny_model):
    reply = tiny_model.complete(asked("Tell me a very long story."), **CALL | {"max_tokens": 5})
    assert reply.usage.completion_tokens == 5


def test_the_same_seed_gives_the_same_words(tiny_model):
    warm = CALL | {"temperature": 0.8}
    first, second = (tiny_model.complete(asked("How was your day?"), **warm).text for _ in range(2))
    assert first == second


def test_a_stop_sequence_ends_the_reply(tiny_model):
    whole = tiny_model.complete(asked("How are you?"), **CALL).text
    stop = whole.split()[2]
    assert tiny_model.complete(asked("How are you?"), stop=[stop], **CALL).text == whole[: whole.index(stop)]


def test_only_new_tokens_are_evaluated_as_a_conversation_grows(tiny_model):
    said, fresh = list(PREFIX), []
    for words in ("How was your evening?", "And the beer?", "What does Rosa say?", "And you?"):
        said.append(Message(role="user", content=words))
        reply = tiny_model.complete(said, **CALL)
        said.append(Message(role="assistant", content=reply.text))
        fresh.append(reply.usage.prompt_tokens - reply.usage.cached_tokens)
    assert max(fresh[1:]) <= 30, f"the prefix was evaluated again: {fresh}"


def test_warming_evaluates_the_prefix_before_it_is_needed(tiny_model):
    prefix = [Message(role="system", content="You are Gloria, and you forget your tablets. " * 10)]
    tiny_model.warm(prefix)
    usage = tiny_model.complete([*prefix, Message(role="user", content="Hello.")], **CALL).usage
    assert usage.prompt_tokens - usage.cached_tokens <= 20


def work_until_quiet() -> float:
    """Seconds of computing in this process until it rests."""
    began = last = time.process_time()
    while True:
        time.sleep(0.3)
        if (now := time.process_time()) - last < 0.02:
            return now - began
        last = now


def test_closing_a_stream_stops_the_work_behind_it(tiny_model):
    tiny_model.complete(asked("Hello."), **CALL)
    began = time.process_time()
    tiny_model.complete(asked("Count to a hundred."), **CALL | {"max_tokens": 80})
    for_eighty_words = time.process_time() - began
    reply = tiny_model.stream(asked("Count to ten thousand."), **CALL | {"max_tokens": 1500})
    next(reply)
    reply.close()
    assert work_until_quiet() < for_eighty_words


def test_two_conversations_at_once_are_both_answered(tiny_model):
    replies = {}

    def talk(name):
        replies[name] = tiny_model.complete(asked(f"My name is {name}."), **CALL).text

    threads = [threading.Thread(target=talk, args=(name,)) for name in ("Ann", "Ben", "Cem")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(replies) == {"Ann", "Ben", "Cem"}


def test_the_server_is_one_however_many_ask_for_it(tiny_weights):
    settings, found = Settings(weights_file=tiny_weights), []
    threads = [threading.Thread(target=lambda: found.append(embedded.serve(settings))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert len(set(map(id, found))) == 1


def test_strangers_on_the_machine_are_turned_away(tiny_model):
    url, key = tiny_model.address.base_url, tiny_model.address.key.get_secret_value()
    assert url.startswith("http://127.0.0.1:")
    assert get(f"{url}/models") == 401
    assert get(f"{url}/models", key) == 200
    assert get(url.replace("/v1", "/slots"), key) == 501


def test_a_conversation_too_long_is_refused_with_the_cure(tiny_model):
    with pytest.raises(ModelDown, match=r"grown too long\. The embedded model holds no more; .*EVOKE_CONTEXT_TOKENS"):
        tiny_model.complete(asked("and then " * 9000), **CALL)


def test_a_file_that_is_no_model_is_said_with_the_cure(tmp_path):
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"GGUF, or so it says")
    with pytest.raises(ModelDown, match=r"does not start from .*broken\.gguf.*evoke models check"):
        open_model(Settings(llm="embedded", weights_file=file)).complete(asked("Hello."), **CALL)


def test_weights_that_are_not_here_yet_are_waited_for(tmp_path):
    model = open_model(Settings(llm="embedded", cache_dir=tmp_path))
    with pytest.raises(ModelDown, match=r"not here yet \(missing, 1,117 MB\)"):
        model.complete(asked("Hello."), **CALL)


def test_a_machine_without_the_engine_is_told_what_to_set(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    with pytest.raises(ModelDown, match="EVOKE_LLM_BASE_URL and EVOKE_LLM_MODEL"):
        open_model(Settings(llm="embedded", cache_dir=tmp_path)).warm(PREFIX)


def test_the_process_ends_cleanly_even_in_mid_reply(tiny_weights):
    command = (
        "import sys; from evoke.llm import open_model; from evoke.llm.chat import Message; "
        "from evoke.settings import Settings; from pathlib import Path\n"
        "model = open_model(Settings(llm='embedded', weights_file=Path(sys.argv[1]), threads=1))\n"
        "said = [Message(role='user', content='Count to ten thousand.')]\n"
        "reply = model.stream(said, max_tokens=1500, temperature=0, seed=1)\n"
        "print(next(reply).text, flush=True)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", command, str(tiny_weights)], capture_output=True, text=True, timeout=90
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip()


@pytest.mark.parametrize(("quota", "cores"), [("max 100000", 6), ("200000 100000", 2), ("50000 100000", 1)])
def test_a_containers_share_of_the_cores_is_respected(quota, cores, tmp_path, monkeypatch):
    (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr(embedded, "_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(6)))
    assert embedded.usable_cores() == cores


def test_a_schema_is_honoured_to_the_letter(tiny_model):
    from pydantic import BaseModel

    from evoke.llm import structured

    class Mood(BaseModel):
        calm: bool

    answer = structured.ask(tiny_model, asked("Is the sea calm?"), Mood, max_tokens=32)
    assert answer.rung == "json_schema"
    assert json.loads(answer.value.model_dump_json()) in ({"calm": True}, {"calm": False})


def test_two_sessions_with_one_client_do_not_take_each_others_prefix(tiny_model):
    said = {name: list(PREFIX) for name in ("Ann", "Ben")}
    fresh = []
    for name in ("Ann", "Ann", "Ann", "Ann", "Ann", "Ann", "Ben", "Ann", "Ben", "Ann"):
        said[name].append(
            Message(role="user", content=f"I am {name}. Tell me more of that day and of what came of it.")
        )
        reply = tiny_model.complete(said[name], **CALL)
        said[name].append(Message(role="assistant", content=reply.text))
        fresh.append(reply.usage.prompt_tokens - reply.usage.cached_tokens)
    assert max(fresh[7:]) <= 45, f"a history was evaluated again: {fresh}"
