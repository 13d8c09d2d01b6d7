"""Any OpenAI-compatible chat endpoint, through langchain's ChatOpenAI. Knows no weights and nothing of MI.

The embedded server is served by this same class: to it, it is one more address.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from pydantic import SecretStr

from evoke.codes import Frozen
from evoke.errors import ModelDown, ModelNonsense
from evoke.llm import faults, tokens
from evoke.llm.chat import Chunk, Message, Reply
from evoke.settings import LLM_BACK_OFF_S, LLM_CONNECT_S, LLM_LIMIT_SLACK, LLM_REPLY_FACTOR
from evoke.transcript import Usage

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk
    from langchain_openai import ChatOpenAI

OPENAI_URL = "https://api.openai.com/v1"
_LIMITS = ("max_tokens", "max_completion_tokens")  # the usual name, and the one that OpenAI wants
_NOTHING: Mapping[str, Any] = {}
_NO_KEY = "none"  # sent where no key is set, so that a key meant for someone else is never picked up


Seat = Callable[[Sequence[Message]], AbstractContextManager[Mapping[str, Any]]]


def _anywhere(messages: Sequence[Message]) -> AbstractContextManager[Mapping[str, Any]]:
    return nullcontext(_NOTHING)


class Address(Frozen):
    """Where a model is served. `ours` marks the embedded server; `variables` the settings that name this address."""

    base_url: str
    model: str
    key: SecretStr = SecretStr("")
    ours: bool = False
    variables: str = "EVOKE_LLM"

    @property
    def is_openai(self) -> bool:
        """Whether it is OpenAI itself, whose newer models refuse `max_tokens`."""
        return "api.openai.com" in self.base_url


class Endpoint:
    """A chat model behind an address. The address is asked for at the first call, so that nothing starts too early."""

    def __init__(
        self,
        name: str,
        find: Callable[[], Address],
        *,
        capable: bool,
        timeout_s: float = 60,
        retries: int = 2,
        seat: Seat = _anywhere,
    ) -> None:
        """`timeout_s` bounds the wait for each piece; `retries` happen only before the first word.

        `seat` is held during each request and gives fields to add to it.
        """
        self.name, self.capable, self._seat = name, capable, seat
        self._find, self._timeout_s, self._retries = find, timeout_s, retries
        self._refused: set[str] = set()  # fields this server does not take

    @cached_property
    def address(self) -> Address:
        """Where the model is served. Raises ModelDown where it cannot be."""
        return self._find()

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
        body: Mapping[str, Any] = _NOTHING,
    ) -> Iterator[Chunk]:
        """Reply piece by piece, the usage last; closing the iterator cancels the request at the server.

        `body` adds fields to the request, such as `response_format` or `tools`; a called tool's arguments are the text.
        """
        options = {"temperature": temperature, "seed": seed, "stop": list(stop) or None, "extra_body": body}
        pieces, text, usage, ended = self._pieces(messages, max_tokens, options), "", None, False
        try:
            for piece in pieces:
                usage = _usage(piece) or usage
                ended = ended or bool(usage or piece.response_metadata.get("finish_reason"))
                if said := _said(piece):
                    text += said
                    yield Chunk(text=said)
                    if _over(text, max_tokens):
                        ended = True
                        break
        finally:
            pieces.close()
        if not text.strip():
            raise ModelNonsense(faults.empty(self.address))
        if not ended:
            raise ModelDown(faults.broken_off(self.address))
        yield Chunk(usage=usage or _estimated(messages, text))

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
        body: Mapping[str, Any] = _NOTHING,
    ) -> Reply:
        """Reply whole; `body` as in `stream`."""
        chunks = list(
            self.stream(messages, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop, body=body)
        )
        return Reply(text="".join(chunk.text for chunk in chunks), usage=chunks[-1].usage or Usage(calls=1))

    def warm(self, messages: Sequence[Message]) -> None:
        """Import and connect; the embedded server also evaluates the prefix, which is what costs at the first turn."""
        _ = self._chat, tokens.count("")
        if self.address.ours:
            for _ in self._pieces(messages, 1, {"temperature": 0.0, "seed": 0}):
                pass

    def _pieces(
        self, messages: Sequence[Message], max_tokens: int, options: Mapping[str, Any]
    ) -> Generator[AIMessageChunk]:
        """The server's own chunks, faults turned into ModelDown and ModelNonsense; the road of every request."""
        deadline = time.monotonic() + self._timeout_s * LLM_REPLY_FACTOR
        with faults.clear(self.address, self._timeout_s), self._seat(messages) as fields:
            options = {**options, "extra_body": {**options.get("extra_body", {}), **fields}}
            begun, rest = self._begun(messages, max_tokens, options)
            try:
                for piece in chain(begun, rest):
                    yield piece
                    if not self.address.ours and time.monotonic() > deadline:
                        raise ModelDown(faults.slow(self.address, self._timeout_s * LLM_REPLY_FACTOR))
            finally:
                rest.close()

    def _begun(
        self, messages: Sequence[Message], max_tokens: int, options: Mapping[str, Any]
    ) -> tuple[list[AIMessageChunk], Generator[AIMessageChunk]]:
        """The chunks up to the first word and the rest to come; tried again with back-off while that is of use."""
        from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

        again = Retrying(
            retry=retry_if_exception(faults.passing),
            stop=stop_after_attempt(self._retries + 1),
            wait=wait_random_exponential(LLM_BACK_OFF_S, max=LLM_BACK_OFF_S * 16),
            reraise=True,
        )
        return again(self._first_word, messages, max_tokens, options)

    def _first_word(
        self, messages: Sequence[Message], max_tokens: int, options: Mapping[str, Any]
    ) -> tuple[list[AIMessageChunk], Generator[AIMessageChunk]]:
        """One attempt. A field that the server refuses is left out from then on, and the attempt made again.

        Whatever the environment says of LangSmith, nobody's practice is sent there.
        """
        import openai
        from langsmith import tracing_context

        while True:
            request = self._request(max_tokens, options)
            rest = self._sent(messages, request)
            try:
                with tracing_context(enabled=False):
                    return list(_until_word(rest)), rest
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                sent = {*request, *request["extra_body"], "stream_options"} - self._refused
                field = faults.refused_field(error, sent)
                if field is None:
                    raise
                self._refused.add(field)

    def _request(self, max_tokens: int, options: Mapping[str, Any]) -> dict[str, Any]:
        """The request's fields but for the messages, without those this server has refused."""
        names = reversed(_LIMITS) if self.address.is_openai else _LIMITS
        limit = next((name for name in names if name not in self._refused), _LIMITS[0])
        kept = {key: value for key, value in options.items() if key not in self._refused and value is not None}
        return {
            **kept,
            "extra_body": {**kept.get("extra_body", {}), limit: max_tokens},
            "stream_usage": "stream_options" not in self._refused,
        }

    def _sent(self, messages: Sequence[Message], request: Mapping[str, Any]) -> Generator[AIMessageChunk]:
        said = [(message.role, message.content) for message in messages]
        return cast("Generator[AIMessageChunk]", self._chat.stream(said, **request))

    @cached_property
    def _chat(self) -> ChatOpenAI:
        import httpx2
        from langchain_openai import ChatOpenAI
        from openai import DefaultHttpxClient

        patience = httpx2.Timeout(self._timeout_s, connect=min(LLM_CONNECT_S, self._timeout_s))
        kept = 0 if self.address.ours else None  # llama.cpp hangs up after a reply that it was slow to begin
        return ChatOpenAI(
            model=self.address.model,
            base_url=self.address.base_url,
            api_key=SecretStr(self.address.key.get_secret_value() or _NO_KEY),
            timeout=patience,
            max_retries=0,
            use_responses_api=False,
            stream_usage=True,
            openai_proxy="",
            http_client=DefaultHttpxClient(
                timeout=patience, limits=httpx2.Limits(max_keepalive_connections=kept), trust_env=not self.address.ours
            ),
        )


def _until_word(pieces: Iterator[AIMessageChunk]) -> Iterator[AIMessageChunk]:
    """The pieces up to and with the first that says something; the others stay in the iterator."""
    for piece in pieces:
        yield piece
        if _said(piece):
            return


def _said(piece: AIMessageChunk) -> str:
    return str(piece.text) or "".join(call["args"] or "" for call in piece.tool_call_chunks)


def _usage(piece: AIMessageChunk) -> Usage | None:
    told = piece.usage_metadata
    if not told or not told["total_tokens"]:
        return None
    return Usage(
        calls=1,
        prompt_tokens=told["input_tokens"],
        cached_tokens=told.get("input_token_details", {}).get("cache_read") or 0,
        completion_tokens=told["output_tokens"],
    )


def _estimated(messages: Sequence[Message], text: str) -> Usage:
    return Usage(calls=1, prompt_tokens=tokens.estimate(messages), completion_tokens=tokens.count(text))


def _over(text: str, max_tokens: int) -> bool:
    """Whether a server went on past the limit it was told. Counts only where a text that long can be over."""
    return len(text) > max_tokens * 2 and tokens.count(text) >= max_tokens * LLM_LIMIT_SLACK
