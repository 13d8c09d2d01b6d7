"""The handbook reads whole, and a broken passage is refused with its place."""

from pathlib import Path

import pytest

from evoke import guidance
from evoke.errors import BadInput

GOOD = """---
id: rolling
title: Rolling with it
about: [discord, trust]
sources:
  - "A book (2023)."
---
When somebody pushes back, step back.

Then listen.

Try: "You'd rather nobody decided this for you."
"""


def write(folder: Path, text: str, name: str = "rolling.md") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_a_passage_gives_body_and_try_line_apart(tmp_path):
    passage = guidance.read(write(tmp_path, GOOD))
    assert passage.body == "When somebody pushes back, step back.\n\nThen listen."
    assert passage.try_line == "You'd rather nobody decided this for you."
    assert passage.about == ("discord", "trust")


def test_the_shipped_handbook_has_forty_passages_with_sources():
    passages = guidance.load()
    assert len(passages) >= 40
    assert len({passage.id for passage in passages}) == len(passages)
    assert all(passage.sources and passage.try_line for passage in passages)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (GOOD.removeprefix("---\n"), 1, "front matter is missing"),
        (GOOD.replace("---\nWhen", "When"), 1, "no end"),
        (GOOD.replace("Rolling with it", "Rolling: with: it"), 3, "not YAML"),
        (GOOD.replace('Try: "You', '"You'), 12, "Try:"),
        (GOOD.replace("about: [discord, trust]", "about: []"), 4, "about"),
        (GOOD.replace("id: rolling", "id: strolling"), 2, "not the file's name"),
        (GOOD.replace("title:", "titel:"), None, "title"),
    ],
)
def test_a_broken_passage_is_refused_with_file_and_line(tmp_path, text, line, says):
    file = write(tmp_path, text)
    with pytest.raises(BadInput, match=says) as caught:
        guidance.read(file)
    assert caught.value.file == file
    assert caught.value.line == line
    assert caught.value.cure


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no guidance passages"):
        guidance.load(tmp_path)
