import pytest

from evoke.errors import BudgetSpent
from evoke.llm.budget import Budget, Metered
from evoke.llm.chat import Message
from evoke.llm.scripted import ScriptedModel
from evoke.settings import Settings
from evoke.transcript import Usage

ASKED = [Message(role="user", content="How was your evening?")]
CALL = {"max_tokens": 20, "temperature": 0.5, "seed": 1}


def test_the_line_says_tokens_and_money_where_a_price_is_known():
    free, paid = Budget(10_000), Budget(10_000, price_in=2, price_out=8)
    for budget in (free, paid):
        budget.spend(Usage(calls=1, prompt_tokens=1100, completion_tokens=140))
    assert free.line == "1,240 tokens"
    assert paid.line == "1,240 tokens, about 0.3 ct"


def test_large_sums_are_not_said_in_cents():
    budget = Budget(10_000_000, price_in=1, price_out=1)
    budget.spend(Usage(calls=1, prompt_tokens=2_500_000))
    assert budget.line == "2,500,000 tokens, about 2.50"


def test_a_call_that_would_go_over_is_refused_politely_before_it_is_sent():
    budget, model = Budget(60), ScriptedModel(["Fine."] * 9)
    metered = Metered(model, budget)
    metered.complete(ASKED, **CALL)
    with pytest.raises(BudgetSpent, match=r"share of 60 tokens \(\d+ tokens\)\. End it and read the debrief"):
        for _ in range(9):
            metered.complete(ASKED, **CALL)
    assert len(model.asked) < 9
    assert budget.used.tokens <= 60


def test_the_cost_has_a_limit_of_its_own():
    budget = Budget(1_000_000, 0.001, price_in=10, price_out=10)
    budget.check(90)
    with pytest.raises(BudgetSpent, match="EVOKE_SESSION_COST"):
        budget.check(101)


def test_a_streams_usage_is_counted_once_and_priced():
    budget = Budget(10_000, price_in=1_000_000)
    *_, last = Metered(ScriptedModel(["Quiet, most nights."]), budget).stream(ASKED, **CALL)
    assert budget.used == last.usage
    assert last.usage.cost == last.usage.prompt_tokens
    assert last.usage.calls == 1


def test_a_reply_broken_off_is_counted_by_estimate():
    budget = Budget(10_000)
    reply = Metered(ScriptedModel(["Quiet, most nights."]), budget).stream(ASKED, **CALL)
    assert next(reply).text == "Quiet, "
    reply.close()
    assert budget.used.calls == 1
    assert budget.used.completion_tokens >= 1


def test_a_call_that_failed_before_a_word_costs_nothing():
    budget = Budget(10_000)
    with pytest.raises(Exception, match="told to fail"):
        Metered(ScriptedModel(["Quiet."], fails_after=0), budget).complete(ASKED, **CALL)
    assert budget.used == Usage()


def test_settings_become_a_budget():
    budget = Budget.of(Settings(session_tokens=99, session_cost=1.5, llm_price_in=2, llm_price_out=3))
    assert (budget.max_tokens, budget.max_cost, budget.price_in, budget.price_out) == (99, 1.5, 2, 3)


def test_a_metered_model_is_still_itself():
    model = Metered(ScriptedModel(), Budget(10_000))
    assert (model.name, model.capable) == ("scripted", False)
