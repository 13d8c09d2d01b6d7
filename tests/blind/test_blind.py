"""A reading sheet that gives nothing away, and a score that claims no more than the judgements bear."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evoke.blind.excerpts import Excerpt, Talk, excerpts, nameless, real_talks
from evoke.blind.scoring import judged, scored
from evoke.blind.sheet import Sheet, as_form, as_html, as_key, shuffled
from evoke.cli import app
from evoke.errors import BadInput
from evoke.readers import read_said

OWN = "\n".join(
    f"{who}: {words} {n}"
    for n in range(8)
    for who, words in (("Ana Silva", "What was that week like for you, Bo?"), ("Bo", "Long, and Ana knows it, number"))
)


def talk(source: str, n: int, length: int = 9) -> Talk:
    turns = tuple(("learner" if k % 2 else "client", f"{'word ' * (k + n)}{source}-{k}") for k in range(length))
    return Talk(source=source, origin=f"{source} talk {n}", turns=turns)


def sheet(reals: int = 12, mades: int = 12) -> Sheet:
    talks = [talk("real", n) for n in range(reals)] + [talk("made", n) for n in range(mades)]
    return shuffled(excerpts(talks, 4, random.Random(1)), reals + mades, random.Random(2))


def filled(folder: Path, right: int, of: Sheet, natural: str = "4") -> tuple[Path, Path]:
    """The form with the first `right` excerpts told rightly and the others wrongly, and its key."""
    form, key = folder / "form.csv", folder / "key.csv"
    key.write_text(as_key(of), "utf-8")
    rows = list(csv.DictReader(as_form(of, with_text=False).splitlines()))
    for n, (row, one) in enumerate(zip(rows, of.excerpts, strict=True)):
        wrong = "made" if one.source == "real" else "real"
        row |= {"real_or_made": one.source if n < right else wrong, "natural": natural}
    with form.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return form, key


def test_excerpts_are_of_like_length_and_begin_with_the_counsellor() -> None:
    cut = excerpts([talk("real", n) for n in range(9)], 4, random.Random(1))
    assert len(cut) == 9 and {len(one.turns) for one in cut} == {4}
    assert all(one.turns[0][0] == "learner" for one in cut)
    assert max(one.words for one in cut) <= 4 * min(one.words for one in cut)


def test_a_talk_of_far_longer_turns_gives_nothing_to_the_sheet() -> None:
    origins = {one.origin for one in excerpts([talk("real", n) for n in (3, 4, 5, 90)], 4, random.Random(1))}
    assert origins == {"real talk 3", "real talk 4", "real talk 5"}


def test_a_talk_that_is_too_short_is_left_out() -> None:
    assert excerpts([talk("real", 1, length=3)], 4, random.Random(1)) == []


def test_names_of_those_who_spoke_are_taken_out(tmp_path: Path) -> None:
    file = tmp_path / "own.txt"
    file.write_text(OWN, "utf-8")
    roles = {"ana silva": "learner", "bo": "client"}
    found = real_talks(list(read_said(file, lambda _: None)), roles, "own.txt")
    cut = excerpts(found, 4, random.Random(1), hide=("week",))
    words = " ".join(text for one in cut for _, text in one.turns)
    assert "Long, and [name] knows it" in words and "for you, [name]?" in words
    assert not any(name in words for name in ("Ana", "Silva", "Bo", "week"))


def test_a_name_is_taken_out_whole_words_only() -> None:
    assert nameless("Bo's boat, said BO Silva.", ("Bo Silva",)) == "[name]'s boat, said [name] [name]."


def test_neither_sheet_nor_form_gives_the_origin_away() -> None:
    turns = (("learner", "<b>So</b>?"), ("client", "=1+1"))
    one = Excerpt(source="made", origin="alcohol_marek, skilled, seed 3", turns=turns)
    made = Sheet(mark="s1", excerpts=(one,))
    for text in (as_html(made, "form.csv"), as_form(made, with_text=True)):
        assert "marek" not in text and "skilled" not in text and "seed" not in text
    assert "&lt;b&gt;So" in as_html(made, "form.csv") and "marek" in as_key(made)


def test_no_cell_of_a_form_is_a_formula() -> None:
    one = Sheet(mark="s1", excerpts=(Excerpt(source="made", origin="=x", turns=(("client", "hello"),)),))
    assert "'=x" in as_key(one)


def test_real_and_made_are_mixed_in_like_number_and_the_seed_decides_the_order() -> None:
    one, other = sheet(), sheet()
    assert one == other
    assert [x.source for x in one.excerpts] != sorted(x.source for x in one.excerpts)
    talks = [talk("real", n) for n in (8, 9, 10)] + [talk("made", n) for n in range(20)]
    few = shuffled(excerpts(talks, 4, random.Random(1)), 10, random.Random(1))
    assert [x.source for x in few.excerpts].count("real") == 3 and len(few.excerpts) == 10


@pytest.mark.parametrize(
    ("right", "says"), [(24, "could tell"), (12, "no better than guessing"), (0, "wrong way round"), (20, "could tell")]
)
def test_a_verdict_follows_from_how_many_were_told_rightly(tmp_path: Path, right: int, says: str) -> None:
    score = scored(judged(*filled(tmp_path, right, sheet())))
    assert (score.right, score.judged) == (right, 24) and says in score.verdict
    assert score.low <= right / 24 <= score.high and score.made.natural == 4.0


def test_few_judgements_get_no_verdict(tmp_path: Path) -> None:
    assert "Too few" in scored(judged(*filled(tmp_path, 10, sheet(5, 5)))).verdict


def test_made_ones_alone_are_not_told_apart_from_anything(tmp_path: Path) -> None:
    assert "are needed" in scored(judged(*filled(tmp_path, 24, sheet(0, 24)))).verdict


def test_an_empty_row_counts_as_not_judged(tmp_path: Path) -> None:
    form, key = filled(tmp_path, 24, sheet())
    form.write_text(as_form(sheet(), with_text=False), "utf-8")
    score = scored(judged(form, key))
    assert score.judged == 0 and score.real.natural is None and (score.low, score.high) == (0, 1)


@pytest.mark.parametrize(("old", "new"), [("real", "reel"), (",4,", ",9,"), ("sheet,", "blatt,")])
def test_a_form_that_cannot_be_read_is_told_with_its_place(tmp_path: Path, old: str, new: str) -> None:
    form, key = filled(tmp_path, 24, sheet())
    form.write_text(form.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(BadInput) as caught:
        judged(form, key)
    assert caught.value.file == form and caught.value.line and caught.value.cure


def test_a_key_of_another_sheet_is_refused(tmp_path: Path) -> None:
    form, _ = filled(tmp_path, 24, sheet())
    other = tmp_path / "other.csv"
    other.write_text(as_key(sheet(3, 3)), "utf-8")
    with pytest.raises(BadInput, match="not in the key"):
        judged(form, other)


def test_the_command_writes_sheet_form_and_key_and_scores_the_form(tmp_path: Path) -> None:
    run, own = CliRunner(), tmp_path / "own.txt"
    own.write_text(OWN, "utf-8")
    command = ["persona", "reading-sheet", "--own", str(own), "--persona", "smoking_halil", "--policy", "closed",
               "--excerpts", "3", "--turns", "4", "--out", str(tmp_path / "sheet.html")]  # fmt: skip
    made = run.invoke(app, command)
    assert made.exit_code == 0, made.output
    page = (tmp_path / "sheet.html").read_text("utf-8")
    key = (tmp_path / "sheet-key.csv").read_text("utf-8")
    assert page.count("<section>") == 3 and "own.txt" not in page and "Halil" not in page
    assert key.count("smoking_halil, closed") == 2 and key.count("own.txt") == 1
    form, key_file = (str(tmp_path / f"sheet-{part}.csv") for part in ("form", "key"))
    told = run.invoke(app, ["persona", "reading-score", form, key_file])
    assert told.exit_code == 0 and "0 of 0" in told.output
