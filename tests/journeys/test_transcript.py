import csv

import pytest
from playwright.sync_api import expect

from tests.journeys.test_access import check

pytestmark = pytest.mark.browser

UPLOADER = ("presentation-role-conflict",)  # Streamlit gives its box for files a role and a label
SECTIONS = ("Transcript", "Measures", "Change talk", "Balance", "Technical")
TALK = """Mrs Okafor: I only came because the surgery would not leave me alone.
Joan: You did not want to come, and you are here all the same. What would make this worth your while?
Mrs Okafor: I want to keep up with my grandchildren. I get out of breath on the stairs.
Joan: Being there for them matters to you, and the stairs are telling you something.
Mrs Okafor: They are. I know I ought to walk more. But in the evening I am finished.
Joan: By the evening there is nothing left. When in the day do you have a little more in you?
Mrs Okafor: The mornings. I could walk to the market instead of taking the bus.
Joan: You should do that every day, and you need to stop buying sweets there, too.
Mrs Okafor: I am not giving up everything at once.
Joan: It is for you to say what you take on. What would be a first step that fits your week?
Mrs Okafor: I will walk on Tuesday and see how my knees take it.
<b>Porter</b>: [tea](http://example.org) **anyone**?
"""


@pytest.fixture
def talk_txt(tmp_path):
    file = tmp_path / "A talk in March.txt"
    file.write_text(TALK, "utf-8")
    return file


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_talk_from_elsewhere_is_brought_confirmed_and_debriefed(app, visit, talk_txt, width, scheme):
    visitor = visit(f"{app.url}/transcript", width=width, scheme=scheme)
    visitor.sees("Bring a talk that was held elsewhere")
    check(visitor, "before the upload", UPLOADER)
    visitor.page.locator("input[type=file]").set_input_files(talk_txt)
    visitor.sees("Please look whether it is right")
    expect(visitor.page.get_by_role("radio", name="Counsellor").nth(1)).to_be_checked()
    visitor.page.get_by_role("textbox", name="The change this talk is about").fill("walking more")
    check(visitor, "who is who", UPLOADER)
    visitor.picture(f"who-is-who-{width}", whole=True)

    visitor.press("Code this transcript")
    visitor.sees("What to try next")
    check(visitor, "what stood out")
    visitor.picture(f"debrief-of-a-transcript-{width}", whole=True)
    for section in SECTIONS:
        visitor.open_section(section)
        check(visitor, section)
        visitor.picture(f"{section}-{width}", whole=True)
    with visitor.page.expect_download() as taken:
        visitor.press("Codes (CSV)")
    with open(taken.value.path(), encoding="utf-8", newline="") as lines:  # noqa: PTH123
        assert [row["speaker"] for row in csv.DictReader(lines)][:2] == ["client", "therapist"]
