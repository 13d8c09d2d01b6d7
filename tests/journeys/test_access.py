import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

SECTIONS = ("Transcript", "Measures", "The client inside", "Change talk", "Balance", "Technical")


def check(learner, place: str, but: tuple[str, ...] = ()) -> None:
    """No fault that axe knows, `but` for some of Streamlit's own, and nothing wider than the screen."""
    learner.settled()
    found = Axe().run(learner.page).response
    assert found["passes"], f"axe looked at nothing on {place}"
    faults = [fault for fault in found["violations"] if fault["id"] not in but]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in faults] == [], place
    wider = learner.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, place


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_page_can_be_read_and_used_on_any_screen(app, visit, width, scheme):
    learner = visit(app.url, width=width, height=860, scheme=scheme)
    learner.sees("Gloria")
    check(learner, "clients")
    learner.press("Meet Gloria")
    learner.sees("What to practise")
    check(learner, "brief")
    learner.press("Begin the talk with Gloria")
    learner.talk("Good morning. What would be good to talk about?")
    learner.talk("You need to take your tablets every day.")
    learner.talk("It is your body and your decision. What matters most to you?")
    check(learner, "talk")
    learner.press("End and debrief")
    learner.sees("Before you look")
    check(learner, "own view")
    learner.press("Show the debrief")
    learner.sees("What to try next")
    check(learner, "what stood out")
    for section in SECTIONS:
        learner.open_section(section)
        check(learner, section)
