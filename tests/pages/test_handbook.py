from evoke import guidance
from tests.pages.conftest import at, text_of


def test_every_passage_can_be_opened_with_its_sources():
    app = at("handbook")
    book = guidance.load()
    assert not app.exception
    assert len(app.expander) == len(book)
    assert f"All {len(book)} passages" in text_of(app)
    shown = text_of(app).replace("\\", "")
    assert all(passage.sources[0][:30] in shown for passage in book)


def test_a_question_finds_the_passages_that_come_nearest():
    app = at("handbook")
    app.text_input(key="question").set_value("what do I do when I want to give advice").run()
    assert not app.exception
    assert len(app.expander) < 10
    assert "The righting reflex" in [expander.label for expander in app.expander]
