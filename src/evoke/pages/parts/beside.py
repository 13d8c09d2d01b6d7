"""Two or more paths of one talk side by side: the moment they part at, and where each of them led."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from evoke.measures import measure
from evoke.pages.parts.figures import ratio, share
from evoke.pages.parts.plain import plain, spoken_by
from evoke.pages.parts.tree import parting, path_to
from evoke.transcript import Turn

Path = Sequence[Turn]


def beside(turns: Sequence[Turn], leaves: Sequence[str], names: Sequence[str]) -> None:
    """Every path in a column of a table, and the words at which the later ones left the first."""
    paths = [path_to(turns, leaf) for leaf in leaves]
    st.markdown(
        "The same client in the same state, answered in different ways. "
        "No path is the right one; look at what came back."
    )
    for name, path in zip(names[1:], paths[1:], strict=True):
        st.header(plain(name), anchor=False)
        _fork(paths[0], path)
    st.header("Where each path led", anchor=False)
    st.table(rows(names, paths), border="horizontal", hide_index=True, alt="The measures of each path")


def _fork(first: Path, other: Path) -> None:
    """The client's words before the parting, then what was said and answered on either path."""
    at = parting(first, other)
    if at and first[at - 1].speaker == "client":
        st.markdown(f"Just before: “{plain(first[at - 1].text)}”")
    for side, path in zip(st.columns(2), (first, other), strict=True):
        with side, st.container(border=True):
            _exchange("First" if path is first else "Then", path[at : at + 2])


def _exchange(when: str, two: Path) -> None:
    if not two:
        st.markdown(f":small[**{when}**]\n\nNothing said yet.")
    for turn in two:
        who = f"{when} you said" if turn.speaker == "learner" else "and heard"
        st.markdown(spoken_by(who, turn.text))


MEASURED: dict[str, Callable[[Path], str]] = {
    "Your turns": lambda path: str(measure(path).learner_turns),
    "Reflections for each question": lambda path: ratio(measure(path).reflections_per_question),
    "Complex among reflections *": lambda path: share(measure(path).complex_share),
    "With the client": lambda path: str(measure(path).adherent),
    "Against the client": lambda path: str(measure(path).non_adherent),
    "Change talk out of both": lambda path: share(measure(path).change_share),
    "Trust at the end": lambda path: _mood(path, "trust"),
    "Discord at the end": lambda path: _mood(path, "discord"),
    "How much it matters at the end": lambda path: _mood(path, "importance"),
}


def rows(names: Sequence[str], paths: Sequence[Path]) -> list[dict[str, str]]:
    """One row a measure, one column a path."""
    short = [name.split(",")[0] for name in names]
    return [
        {"Measure": plain(what), **{name: read(path) for name, path in zip(short, paths, strict=True)}}
        for what, read in MEASURED.items()
    ]


def _mood(path: Path, variable: str) -> str:
    last = next((turn.state for turn in reversed(path) if turn.state), None)
    return f"{getattr(last, variable):.1f}" if last else "–"
