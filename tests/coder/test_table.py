from typing import get_args

import pytest
import yaml

from evoke.coder.table import code_name, read_table, table
from evoke.codes import CODES, TalkKind
from evoke.errors import BadInput
from evoke.settings import shipped

SHIPPED = shipped("prompts") / "codes.yaml"


def changed(folder, change):
    data = yaml.safe_load(SHIPPED.read_text("utf-8"))
    change(data)
    file = folder / "codes.yaml"
    file.write_text(yaml.safe_dump(data), "utf-8")
    return file


def test_every_code_and_kind_has_its_wording():
    assert set(table().codes) == set(CODES)
    assert set(table().kinds) == set(get_args(TalkKind))
    assert code_name("complex_reflection") == "Complex reflection"


def test_reasons_and_feedback_fit_on_a_line():
    for entry in table().codes.values():
        assert len(entry.reason) <= 80 and entry.reason[0].islower() and not entry.reason.endswith(".")
        assert len(entry.feedback) <= 120 and entry.feedback.endswith(".")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda data: data["codes"].pop("affirm"), "affirm"),
        (lambda data: data["codes"].update(afirm=data["codes"]["affirm"]), "afirm"),
        (lambda data: data["codes"]["affirm"].pop("boundary"), "codes.affirm.boundary"),
        (lambda data: data["codes"]["affirm"].update(reason="  "), "codes.affirm.reason"),
        (lambda data: data["codes"]["confront"].update(adherent="yes"), "confront"),
        (lambda data: data["kinds"].pop("need"), "need"),
    ],
)
def test_a_missing_misspelt_or_empty_entry_fails_by_name(tmp_path, change, field):
    with pytest.raises(BadInput, match=field.replace(".", r"\.")):
        read_table(changed(tmp_path, change))


def test_a_file_that_is_no_yaml_says_so(tmp_path):
    file = tmp_path / "codes.yaml"
    file.write_text("codes: [", "utf-8")
    with pytest.raises(BadInput, match="not YAML"):
        read_table(file)
