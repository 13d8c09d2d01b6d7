"""Cases of the relevance labels draw by themselves."""

from __future__ import annotations

from eval.client.relevance import Case, labels

from evoke.cards import find_card
from evoke.client.state import begin
from evoke.settings import settings
from evoke.transcript import Turn


def case(words: str) -> Case:
    card = find_card("smoking_halil", settings())
    path = tuple(
        Turn(id=str(n), parent=None, speaker="learner", text=text) for n, text in enumerate(("Mm.", "Yes.", words))
    )
    return Case(card, "open", path, begin(card), (), frozenset())


def test_no_two_cases_draw_from_one_stream_and_a_case_always_draws_the_same() -> None:
    one, other = case("What matters to you?"), case("What worries you?")
    assert one.seed(3) == case("What matters to you?").seed(3)
    assert len({seed for drawn in (one, other) for seed in map(drawn.seed, range(20))}) == 40


def test_every_label_names_one_line_of_its_card() -> None:
    for name, rows in labels()["turns"].items():
        says = [line.say for line in find_card(name, settings()).lines]
        fits = {words for row in rows for words in row["fits"]}
        assert [words for words in fits if sum(say.startswith(words) for say in says) != 1] == [], name
