import subprocess
import sys

import pytest

from evoke.errors import BadInput
from evoke.llm import open_model
from evoke.llm.chat import Message
from evoke.settings import Settings, read_settings
from tests.llm.playing import on_stage, says


def test_without_any_setting_the_embedded_model_speaks():
    model = open_model(read_settings())
    assert (model.name, model.capable) == ("embedded:qwen2.5-coder-1.5b", False)


def test_three_variables_bring_any_endpoint(monkeypatch):
    with on_stage(says("Quiet, most nights.")) as stage:
        monkeypatch.setenv("EVOKE_LLM_BASE_URL", f"{stage.url}/")
        monkeypatch.setenv("EVOKE_LLM_MODEL", "llama3.3")
        monkeypatch.setenv("EVOKE_LLM_API_KEY", "sk-mine")
        model = open_model(read_settings())
        reply = model.complete([Message(role="user", content="Hello.")], max_tokens=9, temperature=0.5, seed=1)
    assert (model.name, model.capable) == ("endpoint:llama3.3", True)
    assert (reply.text, stage.requests[0]["model"], stage.keys) == (
        "Quiet, most nights.",
        "llama3.3",
        ["Bearer sk-mine"],
    )


def test_a_key_alone_means_openai():
    model = open_model(Settings(llm_api_key="sk-mine", llm_model="gpt-5.2-mini"))
    assert model.address.base_url == "https://api.openai.com/v1"
    assert model.address.is_openai


def test_an_endpoint_without_a_models_name_is_told_which_variable_to_set():
    with pytest.raises(BadInput, match="EVOKE_LLM_MODEL: no model is named"):
        open_model(Settings(llm_base_url="http://localhost:11434/v1"))


def test_the_coach_takes_its_own_endpoint_where_one_is_set():
    settings = Settings(llm="scripted", coach_base_url="http://localhost:11434/v1", coach_model="large")
    assert open_model(settings, "client").name == "scripted"
    assert open_model(settings, "coach").name == "endpoint:large"
    assert open_model(settings, "coach").address.variables == "EVOKE_COACH"


def test_the_coach_may_have_a_larger_model_at_the_same_address():
    settings = Settings(
        llm_base_url="http://localhost:11434/v1", llm_model="small", llm_api_key="k", coach_model="large"
    )
    address = open_model(settings, "coach").address
    assert (address.base_url, address.model) == ("http://localhost:11434/v1", "large")
    assert address.key.get_secret_value() == "k"


def test_the_clients_key_is_not_sent_to_the_coachs_address():
    settings = Settings(
        llm_api_key="k", llm_model="small", coach_base_url="http://localhost:11434/v1", coach_model="large"
    )
    assert open_model(settings, "coach").address.key.get_secret_value() == ""


@pytest.mark.parametrize(
    ("said", "embedded", "endpoint"), [(None, False, True), (True, True, True), (False, False, False)]
)
def test_what_a_model_may_do_can_be_said(said, embedded, endpoint):
    assert open_model(Settings(llm_capable=said)).capable is embedded
    assert open_model(Settings(llm_capable=said, llm_api_key="k", llm_model="m")).capable is endpoint


def test_the_coach_shares_the_clients_model_otherwise():
    assert open_model(Settings(llm="scripted"), "coach").name == "scripted"


def test_opening_a_model_starts_nothing_and_imports_nothing_heavy():
    command = (
        "import sys; from evoke.llm import open_model; from evoke.settings import Settings\n"
        "open_model(Settings()); open_model(Settings(llm_base_url='http://127.0.0.1:9/v1', llm_model='m'))\n"
        "heavy = {'openai', 'langchain_openai', 'langchain_core', 'xllamacpp', 'tiktoken', 'httpx2'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
