"""What goes wrong at an endpoint, each as one clear sentence with its cure. Knows the openai SDK's errors, no model.

ModelDown: nothing answers, not in time, or it refuses us. ModelNonsense: it answered in a form nobody can use.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from evoke.errors import ModelDown, ModelError, ModelNonsense

if TYPE_CHECKING:
    import openai

    from evoke.llm.endpoint import Address

_OPTIONAL = ("max_completion_tokens", "max_tokens", "seed", "stop", "temperature", "stream_options")
_TOO_LONG = re.compile(r"context.{0,20}(size|length|window)|prompt is too long", re.IGNORECASE)


class Refused(ModelDown):
    """The endpoint is there but does not take this request."""


@contextmanager
def clear(address: Address, timeout_s: float) -> Iterator[None]:
    """Turn what the SDK raises inside into ModelDown or ModelNonsense."""
    import httpx2
    import openai

    try:
        yield
    except openai.APIStatusError as error:
        raise _refusal(address, error) from error
    except (openai.APITimeoutError, httpx2.TimeoutException) as error:
        raise ModelDown(slow(address, timeout_s)) from error
    except (openai.APIConnectionError, httpx2.TransportError) as error:
        raise ModelDown(_down(address)) from error
    except openai.APIError as error:
        raise _in_mid_stream(address, error) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # how the SDK stumbles over malformed pieces
        raise ModelNonsense(_nonsense(address)) from error


def passing(error: BaseException) -> bool:
    """Whether an error may pass if asked again: overload, a failure inside the server, a lost connection."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return False  # the wait was the whole patience already
    if isinstance(error, openai.APIStatusError):
        return error.status_code in (408, 409, 429) or error.status_code >= 500
    return isinstance(error, openai.APIConnectionError)


def refused_field(error: openai.APIStatusError, sent: Collection[str]) -> str | None:
    """Which optional field of those sent a server says it does not take: the one it names first."""
    told = f"{error.param or ''} {error.message}"
    named = re.findall(rf"\b({'|'.join(_OPTIONAL)})\b", told)
    return next((field for field in named if field in sent), None)


def slow(address: Address, waited_s: float) -> str:
    """The sentence for an answer that does not come in time."""
    return (
        f"{_who(address)} did not finish within {waited_s:g} s. "
        "Try again, choose a faster model, or raise EVOKE_LLM_TIMEOUT_S."
    )


def empty(address: Address) -> str:
    """The sentence for an answer without a word."""
    return (
        f"{_who(address)} answered without a word. Try again, or set {address.variables}_MODEL "
        "to a chat model that answers without thinking aloud first."
    )


def broken_off(address: Address) -> str:
    """The sentence for a connection that ends in the middle of an answer."""
    return f"{_who(address)} broke off in the middle of its answer. Try again."


def _down(address: Address) -> str:
    if address.ours:
        return "The embedded model stopped answering. Start Evoke again."
    return f"Nothing answers at {address.base_url}. Start that server, or correct {address.variables}_BASE_URL."


def _nonsense(address: Address) -> str:
    return (
        f"{_who(address)} answers, but not as an OpenAI-compatible chat endpoint. "
        f"Check {address.variables}_BASE_URL; it usually ends in /v1."
    )


def _refusal(address: Address, error: openai.APIStatusError) -> ModelError:
    who, code = _who(address), error.status_code
    if code in (401, 403):
        return ModelDown(f"{who} refuses the key ({code}). Set {address.variables}_API_KEY to a valid one.")
    if code == 404:
        return ModelDown(
            f"{who} knows no model {address.model!r} (404). Set {address.variables}_MODEL to one it serves, "
            f"and check that {address.variables}_BASE_URL ends as it should, usually in /v1."
        )
    if code == 429:
        return ModelDown(
            f"{who} limits how often it may be asked, or its credit is spent (429). Wait a little, then try again."
        )
    if code >= 500:
        return ModelDown(f"{who} failed inside ({code}). Try again; if it stays so, look at that server's log.")
    if _TOO_LONG.search(error.message):
        return _too_long(address)
    return Refused(f"{who} refused the request ({code}): {_brief(error.message)}.")


def _in_mid_stream(address: Address, error: openai.APIError) -> ModelError:
    """A fault told as an event of the stream: the server had begun to answer before it knew."""
    if _TOO_LONG.search(error.message):
        return _too_long(address)
    return ModelDown(f"{_who(address)} broke off: {_brief(error.message)}. Try again.")


def _too_long(address: Address) -> ModelError:
    more = "EVOKE_CONTEXT_TOKENS allows more" if address.ours else "a model with a longer context holds more"
    return Refused(
        f"The conversation has grown too long. {_who(address)} holds no more; end it here, {more} next time."
    )


def _who(address: Address) -> str:
    return "The embedded model" if address.ours else address.base_url


def _brief(message: str) -> str:
    return " ".join(message.split())[:200].rstrip(".")
