import re
import string

import pytest

from evoke.pages.parts.plain import plain, quoted, shortened

JOINER = "\u2060"


@pytest.mark.parametrize(
    "words",
    ["**b** _i_ `c`", "<b>x</b> &amp;", "$a^2$", "# head", "- list", "1. one", "[a](b) ![i](j)", "| a | b |", "a\\b"],
)
def test_every_mark_of_markdown_html_and_latex_is_escaped(words):
    shown = plain(words)
    bare = re.sub(r"\\.", "", shown)
    assert not set(bare) & set(string.punctuation)
    assert _without_escapes(shown) == words


@pytest.mark.parametrize("words", [":material/home:", ":tada:", ":red[x]", ":streamlit:", "http://x.com"])
def test_a_colon_never_reaches_the_name_after_it(words):
    assert f":{JOINER}" in plain(words)


@pytest.mark.parametrize("words", ["www.x.com", "me@x.com", "a -> b", "a <- b", "a >= b", "a -- b", "a ~= b"])
def test_what_streamlit_would_turn_into_a_link_or_a_symbol_is_held_apart(words):
    shown = plain(words)
    assert JOINER in shown
    assert _without_escapes(shown) == words


def test_ordinary_words_are_left_alone():
    assert plain("I get home about seven") == "I get home about seven"


def test_lines_stay_lines_without_becoming_paragraphs_or_code():
    assert plain("one\n\n    two\n# three") == "one  \ntwo  \n\\# three"


def test_a_quote_keeps_every_line_inside_itself():
    assert quoted("one\ntwo").splitlines() == ["> one  ", "> two"]


def test_a_long_text_is_cut_between_words():
    assert shortened("four little words here", 12) == "four little …"
    assert shortened("two\nlines") == "two lines"


def _without_escapes(shown: str) -> str:
    out, skip = "", False
    for letter in shown.replace(JOINER, ""):
        skip = letter == "\\" and not skip
        out += "" if skip else letter
    return out
