"""A process killed without warning, and two processes at once, lose nothing that was said."""

import subprocess
import sys
from pathlib import Path

import pytest

from evoke.archive import Archive

WRITER = Path(__file__).with_name("writer.py")


def start(url: str, session_id: str, mode: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), url, session_id, mode, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def kill_after(writer: subprocess.Popen[str], line: str) -> None:
    assert writer.stdout
    while (said := writer.stdout.readline()) and said.strip() != line:
        pass
    writer.kill()
    writer.wait()
    writer.stdout.close()


@pytest.mark.parametrize("when", ["3", "17"])
def test_killed_between_writes_every_turn_is_there_with_its_state(url, when):
    kill_after(start(url, "s", "write", 5000), when)
    archive = Archive(url)
    loaded = archive.load("s")
    assert len(loaded.turns) > int(when)
    assert [turn.id for turn in archive.export("s").turns] == [f"t{n}" for n in range(len(loaded.turns))]
    assert set(loaded.snapshots) == {turn.id for turn in loaded.turns}
    archive.close()


def test_killed_in_mid_reply_the_learners_words_and_the_partial_reply_are_there(url):
    kill_after(start(url, "s", "reply", 1), "word")
    archive = Archive(url)
    learner, reply = archive.export("s").turns
    assert learner.text == "words 0 " * 40
    assert reply.status == "interrupted"
    assert reply.text.startswith("Well,")
    archive.close()


def test_two_processes_write_at_once_and_both_are_kept_whole(url):
    writers = [start(url, name, "write", 15) for name in ("a", "b")]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    archive = Archive(url)
    assert [len(archive.load(name).turns) for name in ("a", "b")] == [15, 15]
    archive.close()
