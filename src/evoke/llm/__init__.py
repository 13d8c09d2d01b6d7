"""Language models behind one interface: an endpoint, the embedded server, the scripted one. Knows nothing of MI."""

from __future__ import annotations

from typing import Literal

from evoke.errors import BadInput
from evoke.llm.chat import ChatModel
from evoke.settings import Settings

Purpose = Literal["client", "coach"]


def open_model(settings: Settings, purpose: Purpose = "client") -> ChatModel:
    """The model that settings choose for a purpose; nothing is started or imported before its first call.

    The coach takes `EVOKE_COACH_*` where they are set, else the client's model. Raises BadInput where an endpoint is
    set without a model's name.
    """
    if purpose == "coach" and (settings.coach_base_url or settings.coach_api_key.get_secret_value()):
        return _endpoint(settings, "coach")
    if settings.provider == "scripted":
        from evoke.llm.scripted import ScriptedModel

        return ScriptedModel()
    return _endpoint(settings, "llm") if settings.provider == "endpoint" else _embedded(settings)


def _embedded(settings: Settings) -> ChatModel:
    from evoke.llm import embedded
    from evoke.llm.endpoint import Endpoint

    name = settings.weights_file.stem if settings.weights_file else settings.weights
    return Endpoint(
        f"embedded:{name}", lambda: embedded.serve(settings).address, capable=False,
        timeout_s=settings.llm_timeout_s, retries=settings.llm_retries,
        seat=lambda messages: embedded.serve(settings).slots.seat(messages),
    )  # fmt: skip


def _endpoint(settings: Settings, which: Literal["llm", "coach"]) -> ChatModel:
    from evoke.llm.endpoint import OPENAI_URL, Address, Endpoint

    variables = f"EVOKE_{which.upper()}"
    model = getattr(settings, f"{which}_model")
    if not model:
        raise BadInput("no model is named for the endpoint", field=f"{variables}_MODEL",
                       cure=f"Set {variables}_MODEL to a model it serves")  # fmt: skip
    address = Address(
        base_url=(getattr(settings, f"{which}_base_url") or OPENAI_URL).rstrip("/"),
        model=model, key=getattr(settings, f"{which}_api_key"), variables=variables,
    )  # fmt: skip
    return Endpoint(
        f"endpoint:{model}", lambda: address, capable=True,
        timeout_s=settings.llm_timeout_s, retries=settings.llm_retries,
    )  # fmt: skip
