from evoke.pages.parts.tree import leaves, parting, path_names, path_to, said_here_before, spoken
from evoke.transcript import Turn


def turn(name: str, parent: str | None, speaker: str = "learner") -> Turn:
    return Turn(id=name, parent=parent, speaker=speaker, text=f"words of {name}")


# opening ─ a ─ b ─ c      the talk as it first went
#                 └ d ─ e  the same moment, tried again
TURNS = [
    turn("opening", None, "client"),
    turn("a", "opening"),
    turn("b", "a", "client"),
    turn("c", "b"),
    turn("d", "b"),
    turn("e", "d", "client"),
]


def test_a_path_is_read_from_its_first_turn_to_its_leaf():
    assert [one.id for one in path_to(TURNS, "e")] == ["opening", "a", "b", "d", "e"]
    assert path_to(TURNS, None) == ()


def test_every_end_of_a_path_is_a_leaf():
    assert [one.id for one in leaves(TURNS)] == ["c", "e"]


def test_what_was_said_at_a_moment_before_is_found_again():
    assert [one.id for one in said_here_before(TURNS, "b")] == ["c", "d"]
    assert said_here_before(TURNS, "e") == []


def test_two_paths_share_their_turns_up_to_the_parting():
    assert parting(path_to(TURNS, "c"), path_to(TURNS, "e")) == 3


def test_a_path_is_named_by_the_turn_and_the_words_it_parts_with():
    assert spoken(path_to(TURNS, "e")) == 2
    assert path_names(TURNS, ["c", "e"]) == [
        "Path 1, as it first went",
        "Path 2, another way at your turn 2: “words of d”",
    ]
