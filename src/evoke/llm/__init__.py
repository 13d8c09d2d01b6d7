"""Language models behind one interface: an endpoint, the embedded server, the scripted one. Knows nothing of MI."""

from __future__ import annotations

from typing import Literal

from pydantic import SecretStr

from evoke.errors import BadInput
from evoke.llm.chat import ChatModel
from evoke.settings import Settings

Purpose = Literal["client", "coach"]


def open_model(settings: Settings, purpose: Purpose = "client") -> ChatModel:
    """The model that settings choose for a purpose; nothing is started or imported before its first call.

    The coach takes `EVOKE_COACH_*` where they are set, else the client's model. Raises BadInput where an endpoint is
    set without a model's name.
    """
    if purpose == "coach" and (
        settings.coach_base_url or settings.coach_model or settings.coach_api_key.get_secret_value()
    ):
        return _coach(settings)
    if settings.provider == "scripted":
        from evoke.llm.scripted import ScriptedModel

        return ScriptedModel()
    return _client(settings) if settings.provider == "endpoint" else _embedded(settings)


def _embedded(settings: Settings) -> ChatModel:
    from evoke.llm import embedded
    from evoke.llm.endpoint import Endpoint

    name = settings.weights_file.stem if settings.weights_file else settings.weights
    return Endpoint(
        f"embedded:{name}", lambda: embedded.serve(settings).address, capable=bool(settings.llm_capable),
        timeout_s=settings.llm_timeout_s, retries=settings.llm_retries,
        seat=lambda messages: embedded.serve(settings).slots.seat(messages),
    )  # fmt: skip


def _client(settings: Settings) -> ChatModel:
    return _endpoint(settings, "EVOKE_LLM", settings.llm_base_url, settings.llm_model, settings.llm_api_key)


def _coach(settings: Settings) -> ChatModel:
    """The coach's endpoint. What is not set for it is the client's, but a key never goes to another address."""
    key = settings.coach_api_key if settings.coach_base_url else settings.coach_api_key or settings.llm_api_key
    url, model = settings.coach_base_url or settings.llm_base_url, settings.coach_model or settings.llm_model
    return _endpoint(settings, "EVOKE_COACH", url, model, key)


def _endpoint(settings: Settings, variables: str, base_url: str, model: str, key: SecretStr) -> ChatModel:
    from evoke.llm.endpoint import OPENAI_URL, Address, Endpoint

    if not model:
        raise BadInput("no model is named for the endpoint", field=f"{variables}_MODEL",
                       cure=f"Set {variables}_MODEL to a model it serves")  # fmt: skip
    address = Address(base_url=(base_url or OPENAI_URL).rstrip("/"), model=model, key=key, variables=variables)
    return Endpoint(
        f"endpoint:{model}", lambda: address, capable=settings.llm_capable is not False,
        timeout_s=settings.llm_timeout_s, retries=settings.llm_retries,
    )  # fmt: skip
