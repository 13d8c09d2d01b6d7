import pytest

from evoke.coder.permission import leave_to_advise
from evoke.transcript import Turn


def context(*said):
    """Turns by turn: "L: words" or "C: words"."""
    speakers = {"L": "learner", "C": "client"}
    return [Turn(id=str(n), parent=None, speaker=speakers[line[0]], text=line[3:]) for n, line in enumerate(said)]


@pytest.mark.parametrize(
    "said",
    [
        ["L: Would it be okay if I told you what others tried?", "C: Sure."],
        ["L: Mind if I share a thought?", "C: um yeah go on"],
        ["C: What should I do?"],
        ["L: How is it going?", "C: Badly. Have you got any tips?"],
        ["L: Can I suggest something?", "C: Okay.", "L: Some people walk.", "C: Right."],
    ],
)
def test_leave_is_given_when_the_client_agrees_or_asks(said):
    assert leave_to_advise(context(*said)) == "given"


@pytest.mark.parametrize(
    "said",
    [
        [],
        ["C: I am fed up."],
        ["L: Can I suggest something?", "C: No, not really."],
        ["L: Can I suggest something?", "C: My wife always does that."],
        ["L: Do you smoke?", "C: Yes."],
    ],
)
def test_there_is_no_leave_without_asking_and_agreeing(said):
    assert leave_to_advise(context(*said)) == "none"


def test_leave_runs_out_after_two_learner_turns():
    said = ["C: What should I do?", "L: Some people walk.", "C: Right.", "L: Some people swim.", "C: Hm."]
    assert leave_to_advise(context(*said)) == "none"


def test_leave_lapses_when_the_client_turns_to_something_else():
    said = ["L: Mind if I share a thought?", "C: Sure.", "L: A cool room helps.", "C: Ok. Also I may change my job."]
    assert leave_to_advise(context(*said)) == "lapsed"


def test_leave_lapses_when_the_client_refuses_more():
    said = ["C: What should I do?", "L: Try walking.", "C: No, that is not for me."]
    assert leave_to_advise(context(*said)) == "lapsed"
