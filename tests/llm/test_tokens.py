import subprocess
import sys

from evoke.llm import tokens
from evoke.llm.chat import Message


def test_tables_unpack_whole_under_the_names_tiktoken_looks_for(tmp_path):
    tokens.unpack_tables(tmp_path)
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {"fb374d419588a4632f3f557e76b4b70aebbca790", "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"}


def test_a_table_that_is_there_is_not_unpacked_again(tmp_path):
    tokens.unpack_tables(tmp_path)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    tokens.unpack_tables(tmp_path)
    assert {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == before


def test_counting_needs_no_network_even_the_first_time(tmp_path, monkeypatch):
    monkeypatch.setenv("EVOKE_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # anything fetched would fail there
    command = "from evoke.llm import tokens; print(tokens.count('Quiet, most nights.'))"
    told = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "5"
    assert len(list((tmp_path / "tiktoken").iterdir())) == 2


def test_a_chat_costs_its_texts_and_a_little_for_each_message():
    said = [Message(role="system", content="You are Marek."), Message(role="user", content="Hello.")]
    assert tokens.estimate(said) == tokens.count("You are Marek.") + tokens.count("Hello.") + 4 + 4 + 3


def test_control_marks_in_a_learners_words_count_as_text():
    assert tokens.count("<|endoftext|>") > 1
