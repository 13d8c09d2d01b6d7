"""The report: honest when there is little to say, safe to travel, readable by everybody."""

import json
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from pydantic import ValidationError

from evoke.coach import debrief
from evoke.coach.report import Report, to_html
from evoke.transcript import Catch, Transcript
from tests.coach.talking import DIRECTIVE, SKILLED, C, L, talk

VOID = {"meta", "rect", "circle", "line", "polyline"}


class Reader(HTMLParser):
    """Checks that tags close and collects what a screen reader would meet."""

    def __init__(self):
        super().__init__()
        self.open, self.headings, self.ids, self.links, self.tags = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if tag == "a" else []
        self.headings += [int(tag[1])] if tag in {"h1", "h2", "h3"} else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert tag in VOID or self.open.pop() == tag


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


def test_a_talk_of_two_turns_is_too_short_and_says_so():
    report = debrief(talk(C("Hello."), L("What is it?", "question"), C("Nothing."), L("Okay.")))
    assert (report.strengths, report.growth, report.globals, report.again_from) == ((), (), None, None)
    assert "too short" in report.notes[0]
    assert "3" in report.notes[0]
    assert "2" in report.notes[0]


@pytest.mark.parametrize("turns", [(), (C("Hello."),), (L("Hello."),), (C("Hello."), L("What is it?", "question"))])
def test_talks_of_no_and_one_turn_have_a_report_and_a_page(turns):
    report = debrief(talk(*turns))
    assert report.measures.reflections_per_question in (None, 0)
    read(to_html(report))


def test_a_false_quote_cannot_be_in_a_report():
    data = debrief(talk(*DIRECTIVE)).to_json()
    data["growth"][0]["quote"]["text"] = "You never said that."
    with pytest.raises(ValidationError, match="does not stand in turn"):
        Report.model_validate(data)


def test_a_report_survives_json():
    report = debrief(talk(*SKILLED, *DIRECTIVE))
    assert Report.model_validate(json.loads(json.dumps(report.to_json()))) == report
    assert report.to_json()["schema"] == 1


def test_stage_notes_are_in_no_form_of_the_report():
    turns = [turn.model_copy(update={"note": "(Marek gets irritated.)"}) for turn in talk(*SKILLED).turns]
    report = debrief(Transcript(turns=tuple(turns)))
    assert "irritated" not in report.model_dump_json() + to_html(report)


def test_the_page_is_well_formed_and_its_links_lead_somewhere():
    reader = read(to_html(debrief(talk(*SKILLED, *DIRECTIVE))))
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)
    assert len(set(reader.ids)) == len(reader.ids)


def test_headings_go_down_one_level_at_a_time():
    levels = read(to_html(debrief(talk(*SKILLED)))).headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_every_chart_is_told_in_words_too():
    tags = read(to_html(debrief(talk(*SKILLED)))).tags
    charts = [attrs for tag, attrs in tags if tag == "svg"]
    assert len(charts) >= 2
    assert all(attrs["role"] == "img" and len(attrs["aria-label"]) > 20 for attrs in charts)


def test_the_page_needs_nothing_from_elsewhere():
    html = to_html(debrief(talk(*SKILLED)))
    assert not [t for t, a in read(html).tags if t in {"script", "link", "img", "iframe"} or "src" in a]
    assert "url(" not in html


def test_words_from_outside_are_escaped():
    evil = '<script>alert("x")</script>'
    turns = (C(evil), L(f"You must stop {evil}", "persuade"), C(evil))
    transcript = talk(*turns * 3).model_copy(update={"target": evil, "model": evil})
    caught = Catch(rule=evil, said=evil, outcome="line")
    guarded = transcript.turns[0].model_copy(update={"guard": (caught,), "id": '"><b>'})
    html = to_html(debrief(transcript.model_copy(update={"turns": (guarded, *transcript.turns[1:])})))
    assert "<script>" not in html
    assert '"><b>' not in html
    read(html)


def test_the_page_shows_transcript_codes_reasons_bands_and_technical_tab():
    skilled = [
        turn.model_copy(update={"guard": (Catch(rule="role", said="As an AI", outcome="line"),)})
        for turn in SKILLED[:1]
    ]
    html = to_html(debrief(talk(*skilled, *SKILLED[1:])))
    for words in ("Complex reflection", "a reason", "good (proficient)", "As an AI", "Emphasizing autonomy", "Guiding"):
        assert words in html


def test_measures_that_do_not_apply_are_called_so():
    assert "not applicable" in to_html(debrief(talk(*(C("Hm."), L("So it is.", "simple_reflection")) * 3)))


def test_the_cards_own_talk_is_taken_where_a_line_was_said(marek):
    line = next(line for line in marek.lines if line.talk_type == "change")
    report = debrief(talk(C(line.say, "sustain", lines=[line.id]), L("Hm.")), marek)
    assert report.turns[0].coded.talk == "change"
    assert (report.measures.change_talk, report.measures.sustain_talk) == (1, 0)
    assert (report.technical.authored, report.technical.heard_otherwise) == (1, 1)


def test_the_coders_talk_stays_where_the_client_spoke_freely(marek):
    report = debrief(talk(C("Quite other words.", "sustain", lines=[marek.lines[0].id]), L("Hm.")), marek)
    assert report.turns[0].coded.talk == "sustain"
    assert report.technical.authored == 0
