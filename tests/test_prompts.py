"""Prompts that fail by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from evoke import prompts
from evoke.errors import BadInput, NotHere
from evoke.settings import shipped


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "test").mkdir()
    monkeypatch.setattr(prompts, "shipped", lambda _: tmp_path)
    prompts._template.cache_clear()
    yield tmp_path / "test"
    prompts._template.cache_clear()


def write(folder: Path, text: str) -> None:
    (folder / "hello.md").write_text(text, "utf-8")


def test_blanks_are_filled(folder: Path) -> None:
    write(folder, "Hello $name, you are ${age}.\n")
    assert prompts.fill("test/hello", name="Ines", age=58) == "Hello Ines, you are 58."


def test_an_unfilled_blank_is_named(folder: Path) -> None:
    write(folder, "Hello $name and $other.")
    with pytest.raises(BadInput, match=r"nothing fills \$other"):
        prompts.fill("test/hello", name="Ines")


def test_a_value_without_a_blank_is_named(folder: Path) -> None:
    write(folder, "Hello $name.")
    with pytest.raises(BadInput, match=r"\$nmae is missing from the prompt"):
        prompts.fill("test/hello", name="Ines", nmae="Ines")


def test_a_stray_dollar_sign_is_told(folder: Path) -> None:
    write(folder, "It costs 5$ a day.")
    with pytest.raises(BadInput, match="dollar"):
        prompts.text("test/hello")


def test_braces_and_percent_signs_are_plain_text(folder: Path) -> None:
    write(folder, 'Answer {"move": 1} at 100 %.')
    assert prompts.text("test/hello") == 'Answer {"move": 1} at 100 %.'


def test_a_missing_prompt_is_refused_with_the_names_there_are(folder: Path) -> None:
    write(folder, "Hello.")
    with pytest.raises(NotHere, match="hello"):
        prompts.text("test/helo")


def test_a_value_may_hold_dollar_signs(folder: Path) -> None:
    write(folder, "She says: $words")
    assert prompts.fill("test/hello", words="$name costs $5") == "She says: $name costs $5"


def test_the_digest_changes_with_any_word_of_any_prompt(folder: Path) -> None:
    write(folder, "Hello.")
    before = prompts.digest("test")
    write(folder, "Hello!")
    assert prompts.digest("test") != before
    write(folder, "Hello.")
    assert prompts.digest("test") == before


def test_every_prompt_of_the_client_is_shipped() -> None:
    there = {file.name for file in (shipped("prompts") / "client").iterdir()}
    assert {"system.md", "system_capable.md", "turn.md", "note.md", "how.yaml", "deflections.yaml"} <= there
