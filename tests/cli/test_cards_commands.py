"""`evoke persona export` and `import`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evoke.cards import find_card
from evoke.cli import app
from evoke.errors import BadInput
from evoke.settings import settings

run = CliRunner()


@pytest.mark.parametrize("name", ["card.json", "card.png"])
def test_a_client_goes_out_and_comes_in_under_another_id(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    assert run.invoke(app, ["persona", "export", "smoking_halil", "--out", str(out)]).exit_code == 0
    made = run.invoke(app, ["persona", "import", str(out), "--as", "smoking_kemal"])
    assert made.exit_code == 0, made.output
    card = find_card("smoking_kemal")
    assert card == find_card("smoking_halil").model_copy(update={"id": "smoking_kemal"})


def test_an_imported_card_never_shadows_a_client_that_is_here(tmp_path: Path) -> None:
    out = tmp_path / "card.json"
    run.invoke(app, ["persona", "export", "smoking_halil", "--out", str(out)])
    made = run.invoke(app, ["persona", "import", str(out)])
    assert isinstance(made.exception, BadInput) and "--as" in str(made.exception)
    assert not settings().user_personas.exists()


def test_a_foreign_character_is_taken_over_with_a_list_of_what_to_write(tmp_path: Path) -> None:
    source = tmp_path / "rusty.json"
    source.write_text(json.dumps({"name": "Rusty", "description": "A barge hand.", "first_mes": "Morning."}), "utf-8")
    made = run.invoke(app, ["persona", "import", str(source)])
    assert made.exit_code == 0 and "a draft" in made.output and "target_behaviour" in made.output
    assert find_card("imported_rusty").opening == ("Morning.",)


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    made = run.invoke(app, ["persona", "export", "smoking_halil", "--out", str(tmp_path / "card.gif")])
    assert isinstance(made.exception, BadInput) and not list(tmp_path.iterdir())
