from streamlit.testing.v1 import AppTest

PAGE = """
import streamlit as st
from evoke.pages.parts.sent import BOX, fill_box, give_back, heard, send, sent

fill_box("s1")
st.chat_input(key=BOX, on_submit=send, args=("s1",))
st.text(f"waiting: {sent('s1')}")
st.button("keep", on_click=heard, args=("s1",))
st.button("refuse", on_click=give_back, args=("s1",))
"""


def opened() -> AppTest:
    return AppTest.from_string(PAGE).run().chat_input[0].set_value("  Hello there. ").run()


def test_sent_words_wait_until_they_are_kept():
    app = opened()
    assert app.get("text")[0].value == "waiting: Hello there."
    app.run()
    assert app.get("text")[0].value == "waiting: Hello there."
    app.button[0].click().run()
    assert app.get("text")[0].value == "waiting:"


def test_words_that_could_not_be_said_go_back_into_the_box_once():
    app = opened()
    app.button[1].click().run()
    assert app.get("text")[0].value == "waiting:"
    assert app.chat_input[0].proto.value == "Hello there."
