import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import SLOW

pytestmark = pytest.mark.browser

LINES = (
    "Good morning. You had little choice about coming, and that sits badly with you.",
    "What matters most to you about your work?",
    "You need to stop drinking. You should call the clinic on Monday and book in.",
    "It is your decision what happens next. **Not mine** :material/home: $x$ <b>nor</b> [theirs](http://example.org).",
)


def test_a_learner_practises_reads_the_debrief_and_tries_a_moment_again(app, visit):
    learner = visit(app.url)
    learner.picture("clients")
    learner.press("Meet Marek")
    learner.sees("What to practise")
    learner.picture("brief")
    learner.press("Begin the talk with Marek")
    for words in LINES:
        learner.talk(words)
    assert LINES[3] in learner.heard()
    learner.picture("conversation")

    learner.press("End and debrief")
    learner.sees("Before you look")
    learner.page.get_by_label("What stands most in the way?").fill("He thinks nobody can tell him what to do.")
    learner.press("Show the debrief")
    learner.sees("What to try next")
    learner.picture("debrief", whole=True)
    learner.open_section("Transcript")
    learner.sees("Persuading")
    learner.open_section("The client inside")
    expect(learner.page.get_by_test_id("stVegaLiteChart")).to_be_visible()

    learner.open_section("Transcript")
    learner.press("Try again from here")
    learner.sees("You are trying this moment again")
    learner.say("You would rather be up on a scaffold than in this room.")
    expect(learner.said()).to_have_count(3)
    learner.settled()
    learner.sees("Path")
    learner.picture("again")


def test_a_tab_closed_in_mid_reply_loses_nothing(slow_app, visit):
    learner = visit(slow_app.url)
    learner.meet("Gloria")
    learner.say("What work did you do before you retired?")
    expect(learner.said()).to_have_count(3)
    address = learner.page.url
    learner.page.wait_for_timeout(900)
    learner.page.context.close()

    again = visit(address)
    again.sees("What work did you do before you retired?")
    _finish(again, turns=3)
    assert again.heard()[1] == "What work did you do before you retired?"
    again.talk("Tell me a little more.")


def test_a_server_killed_in_mid_reply_loses_nothing(served, visit, tmp_path):
    doomed = served(SLOW, tmp_path)
    learner = visit(doomed.url)
    learner.meet("Gloria")
    learner.say("What work did you do before you retired?")
    expect(learner.said()).to_have_count(3)
    learner.page.wait_for_timeout(1500)
    address = learner.page.url.removeprefix(doomed.url)
    doomed.kill()

    again = visit(served(data=tmp_path).url + address)
    again.sees("What work did you do before you retired?")
    _finish(again, turns=3)
    assert len(again.heard()) == 3
    again.talk("Tell me a little more.")


def test_the_stop_button_keeps_what_was_said_by_then(slow_app, visit):
    learner = visit(slow_app.url)
    learner.meet("Gloria")
    learner.say("What work did you do before you retired?")
    expect(learner.said().nth(2).get_by_test_id("stText")).to_be_visible()
    learner.page.get_by_test_id("stChatInputStopButton").click()
    learner.page.reload()
    _finish(learner, turns=3)


def test_two_tabs_show_one_talk(app, visit):
    first = visit(app.url)
    first.meet("Linh")
    first.talk("What brings you here today?")
    second = visit(first.page.url)
    second.sees("What brings you here today?")
    second.talk("And what would be a good use of this time?")
    first.press("Step out")
    first.press("Go back in")
    first.sees("And what would be a good use of this time?")


@pytest.mark.server
def test_a_real_model_in_the_same_process_answers_on_the_page(served, visit, tiny_weights):
    learner = visit(served(EVOKE_LLM="embedded", EVOKE_WEIGHTS_FILE=str(tiny_weights)).url)
    learner.meet("Gloria")
    learner.talk("Good morning, Gloria. What work did you do before you retired?")
    assert len(learner.heard()[-1]) > 1
    learner.sees("tokens")


def _finish(learner, turns: int) -> None:
    """Let the client answer where the reply was lost, or go on where it broke off; then the learner may speak."""
    unanswered = learner.page.get_by_role("button", name="Let Gloria answer")
    free = learner.page.locator("textarea:enabled")
    expect(unanswered.or_(free).first).to_be_visible()
    if unanswered.count():
        unanswered.click()
    expect(learner.said()).to_have_count(turns)
    expect(free).to_be_visible()
