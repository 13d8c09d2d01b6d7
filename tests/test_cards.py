"""Cards found, shadowed, and refused with the place and the cure."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from evoke.cards import all_cards, card_files, differences, find_card, json_schema, load_card, write_json_schema
from evoke.datafile import LARGEST_FILE
from evoke.errors import BadInput, NotHere
from evoke.settings import settings, shipped
from evoke.shortcomings import shortcomings
from tests.client.people import persona


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A valid card on disk, as a person would write it."""
    return written(tmp_path / "smoking_ines.yaml", yaml.safe_dump(persona().model_dump(mode="json"), sort_keys=False))


def written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def changed(card: Path, old: str, new: str) -> Path:
    text = card.read_text("utf-8")
    assert old in text
    return written(card, text.replace(old, new, 1))


def line_of(file: Path, part: str) -> int:
    return next(n for n, line in enumerate(file.read_text("utf-8").splitlines(), 1) if part in line)


def fault(file: Path) -> BadInput:
    with pytest.raises(BadInput) as caught:
        load_card(file)
    assert caught.value.file == file and caught.value.cure
    return caught.value


def test_every_shipped_client_is_finished() -> None:
    assert len(all_cards()) >= 4
    assert {card.id: shortcomings(card) for card in all_cards()} == {card.id: [] for card in all_cards()}


def test_every_shipped_client_can_be_met_again_in_words_of_their_own() -> None:
    for card in all_cards():
        assert {event.after for event in card.between} == {"plan", "open", "discord"}, card.id
        told_of = {line.event for line in card.lines} - {None}
        assert told_of == {event.id for event in card.between}, card.id
        assert len({event.opening for event in card.between}) == len(card.between)


def test_the_blank_card_is_valid_and_is_no_client() -> None:
    blank = load_card(shipped("personas") / "blank.yaml")
    assert "<" in blank.name and shortcomings(blank)
    assert blank.id not in {card.id for card in all_cards()}
    assert all(file.stem != "blank" for file in card_files())


def test_a_card_of_ones_own_stands_beside_the_shipped_ones(card: Path) -> None:
    written(settings().user_personas / card.name, card.read_text("utf-8"))
    assert find_card("smoking_ines").name == "Ines"
    assert len(all_cards()) == len(card_files()) >= 5


def test_a_card_of_ones_own_shadows_a_shipped_one_by_id(card: Path) -> None:
    shipped_id = all_cards()[0].id
    own = card.read_text("utf-8").replace("id: smoking_ines", f"id: {shipped_id}", 1)
    written(settings().user_personas / f"{shipped_id}.yaml", own)
    assert find_card(shipped_id).name == "Ines"


def test_an_unknown_client_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(NotHere, match="alcohol_marek"):
        find_card("nobody")


def test_a_missing_field_is_told_with_its_name(card: Path) -> None:
    error = fault(changed(card, "topic: smoking\n", ""))
    assert error.field == "topic" and "blank.yaml" in error.cure


def test_a_misspelt_field_is_told_with_its_line(card: Path) -> None:
    error = fault(changed(card, "target_behaviour:", "target_behavior:"))
    assert "target_behavio" in (error.field or "")


def test_a_wrong_value_deep_in_a_line_is_told_with_line_and_field(card: Path) -> None:
    error = fault(changed(card, "move: blame", "move: grumble"))
    assert error.line == line_of(card, "move: grumble")
    assert (error.field or "").startswith("lines.") and (error.field or "").endswith(".move")


def test_a_line_that_names_an_unknown_strand_is_told_with_its_line(card: Path) -> None:
    say = "Ten a day is not many."
    text = card.read_text("utf-8")
    at = text.index(say)
    error = fault(written(card, text[:at] + text[at:].replace("strand: work", "strand: sport", 1)))
    assert error.line == line_of(card, say)
    assert "sport" in error.what


def test_a_number_out_of_range_is_told_with_its_line(card: Path) -> None:
    error = fault(changed(card, "reactance: 5.0", "reactance: 50"))
    assert error.line == line_of(card, "reactance: 50") and error.field == "temperament.reactance"


def test_broken_yaml_is_told_with_its_line(card: Path) -> None:
    error = fault(changed(card, "name: Ines", "name: Ines: the driver"))
    assert error.line == line_of(card, "Ines: the driver") and "quotes" in error.cure


def test_a_key_that_stands_twice_is_told(card: Path) -> None:
    error = fault(changed(card, "name: Ines", "name: Ines\nname: Inés"))
    assert error.line == line_of(card, "Inés") and error.field == "name"


def test_anchors_that_could_multiply_are_refused(card: Path) -> None:
    bomb = "a: &a [x,x]\nb: &b [*a,*a]\n"
    error = fault(written(card, bomb))
    assert error.line == 1 and "anchor" in error.what


def test_tags_that_build_objects_are_refused(card: Path) -> None:
    error = fault(changed(card, "topic: smoking", "topic: !!python/object/apply:os.getcwd []"))
    assert error.line == line_of(card, "!!python") or "topic" in (error.field or "")


def test_a_file_that_is_far_too_large_is_not_read(card: Path) -> None:
    assert "larger" in fault(written(card, "x" * (LARGEST_FILE + 1))).what


@pytest.mark.parametrize("text", ["", "- one\n- two\n", "just words", "[" * 200 + "]" * 200])
def test_a_file_that_is_no_card_is_refused(card: Path, text: str) -> None:
    assert fault(written(card, text)).what


def test_bytes_that_are_no_text_are_refused(card: Path) -> None:
    card.write_bytes(b"\xff\xfe\x00binary")
    assert "UTF-8" in fault(card).what


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in fault(tmp_path / "gone.yaml").what


def test_a_card_must_be_called_as_its_file(card: Path) -> None:
    error = fault(written(card.with_name("other.yaml"), card.read_text("utf-8")))
    assert error.field == "id" and "smoking_ines" in error.cure


def test_the_schema_of_a_card_can_be_published(tmp_path: Path) -> None:
    file = tmp_path / "persona.schema.json"
    write_json_schema(file)
    assert yaml.safe_load(file.read_text("utf-8")) == json_schema()
    assert "reflect" in str(json_schema()) and json_schema()["additionalProperties"] is False


def test_two_cards_differ_field_by_field_and_the_order_of_lines_does_not_matter() -> None:
    card = persona()
    turned = card.model_copy(update={"lines": tuple(reversed(card.lines))})
    older = persona(age=59)
    assert differences(card, turned) == []
    assert differences(card, older) == ["~ age: 58 -> 59"]
