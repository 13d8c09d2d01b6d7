"""Recall: which authored lines and which passages of the handbook fit what was just said. Knows no session.

Two Chroma collections, `lines` and `guidance`, in one folder of the user's cache. Rows are keyed by the hash of the
content they came from (texts and encoder): a hash that is there is never written again, a new one is built once, and
another persona's rows are left alone.

Embedded Chroma is not safe for several processes (a second one reads stale rows). So one process owns the folder: it
holds an exclusive SQLite lock, which the operating system releases however that process ends. Any other process, and
one that may not write to the folder, keeps the same two collections in memory: they cost a second to build, they need
no waiting, and nothing there can go stale. A folder that Chroma cannot read is thrown away and built again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import sqlite3
import threading
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar

import numpy as np

from evoke import guidance
from evoke.guidance import Passage
from evoke.persona import Line, Persona
from evoke.ranking import ASKED, TOLD, Thing, answering, as_found, ranked, things
from evoke.settings import QUERY_WORDS

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection as Rows

Shelf = Literal["lines", "guidance"]
Found = TypeVar("Found")
log = logging.getLogger(__name__)
SPACE = {"hnsw": {"space": "cosine"}}
HANDBOOK = "the handbook"  # owner of the guidance rows; no persona id holds a blank
LEARNT_BY = "evoke-sentence-encoder"  # the name Chroma keeps; the encoder itself is part of every content hash


class Embedder(Protocol):
    """Anything that turns texts into vectors, such as `evoke.encoder.sentence.SentenceEncoder`."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """One L2-normalised float32 row a text."""


class Recall:
    """Finds by meaning, in at most 15 ms a call once a persona or the handbook is built.

    `passages` is the handbook; the shipped one unless another is given. Safe for several threads.
    """

    def __init__(self, folder: Path, encoder: Embedder, passages: Sequence[Passage] | None = None) -> None:
        self._folder, self._encoder = folder.absolute(), encoder
        self._passages = {p.id: p for p in passages} if passages is not None else None
        self._built: dict[str, str] = {}  # content hash -> owner, of everything this process uses
        self._keys: dict[str, str] = {}  # persona hash -> content hash
        self._found: dict[str, OfCard] = {}  # persona hash -> what its lines are found by, and what can be asked about
        self._lock = threading.RLock()

    def fitting(self, persona: Persona, query: str, among: Collection[str], k: int) -> list[Line]:
        """The `k` lines of `persona`, out of those whose ids are in `among`, that best fit `query`, best first."""
        lines = [line for line in persona.lines if line.id in among]
        if not lines or k < 1:
            return []
        wanted = {line.id for line in lines}
        texts = self._card(persona).texts
        rows = [name for name in texts if name.removesuffix(TOLD) in wanted]
        near = self._mended(lambda: self._nearest("lines", self.ready(persona), query, rows, len(rows)))
        return ranked(lines, texts, near, last_words(query))[:k]

    def answering(self, persona: Persona, question: str, among: Collection[str]) -> list[Line]:
        """Those lines, with ids in `among`, that tell what `question` plainly asks for, best first; often none."""
        texts, known = self._card(persona)
        if not known or not among:
            return []
        told = {line.id for thing in known for line in thing.lines}
        rows = [name for name in texts if name.startswith(ASKED) or name in told]
        near = self._mended(lambda: self._nearest("lines", self.ready(persona), question, rows, len(rows)))
        return answering(known, among, near, last_words(question))

    def guidance(
        self, query: str, about: Collection[str] = (), k: int = 1, among: Collection[str] = ()
    ) -> list[Passage]:
        """The `k` passages that best fit `query`, best first: about any topic in `about`, with an id in `among`.

        An empty `about` or `among` asks for nothing; where no passage meets both, the whole handbook is searched.
        """
        book = self.handbook
        chosen = {
            name: passage
            for name, passage in book.items()
            if (not about or set(passage.about) & set(about)) and (not among or name in among)
        } or book
        if not chosen or k < 1:
            return []
        return self._mended(
            lambda: [book[name] for name in self._nearest("guidance", self._open_book(), query, chosen, k)]
        )

    @property
    def handbook(self) -> Mapping[str, Passage]:
        """The passages by id."""
        if self._passages is None:
            self._passages = {p.id: p for p in guidance.load()}
        return self._passages

    def ready(self, persona: Persona) -> str:
        """Build the lines of `persona` unless they stand already, best while the learner reads the brief.

        The answer is the content hash.
        """
        name = persona.hash
        key = self._keys.get(name)
        if key is None or key not in self._built:
            key = self._build("lines", persona.id, self._card(persona).texts)
            self._keys[name] = key
        return key

    def _card(self, persona: Persona) -> OfCard:
        """What recall needs of a persona, worked out once."""
        name = persona.hash
        if name not in self._found:
            self._found[name] = OfCard(as_found(persona), things(persona))
        return self._found[name]

    def _open_book(self) -> str:
        """The content hash of the handbook, built where it does not stand yet."""
        known = next((key for key, owner in self._built.items() if owner == HANDBOOK), None)
        return known or self._build(
            "guidance", HANDBOOK, {p.id: f"{p.title}. {p.body}" for p in self.handbook.values()}
        )

    def _build(self, shelf: Shelf, owner: str, texts: Mapping[str, str]) -> str:
        """Bring one content onto its shelf: embed it where it is new, clear the owner's older content."""
        with self._lock:
            key = _content_hash(texts, self._encoder)
            rows = self._rows(shelf)
            names = {f"{key}:{name}": text for name, text in texts.items()}
            if len(rows.get(ids=list(names), include=[])["ids"]) < len(names):
                where = [{"persona": owner, "line": name, "content": key} for name in texts]
                vectors = self._encoder.embed(list(names.values()))
                rows.upsert(ids=list(names), embeddings=vectors, metadatas=where)
                self._clear_older(rows, owner, keep={key, *self._built})
            self._built[key] = owner
            return key

    @staticmethod
    def _clear_older(rows: Rows, owner: str, keep: set[str]) -> None:
        """Delete the owner's rows of contents that this process does not use."""
        mine = rows.get(where={"persona": owner}, include=["metadatas"])
        old = [
            name for name, meta in zip(mine["ids"], mine["metadatas"] or [], strict=True) if meta["content"] not in keep
        ]
        if old:
            rows.delete(ids=old)

    def _nearest(self, shelf: Shelf, key: str, query: str, among: Collection[str], k: int) -> dict[str, float]:
        """The cosine to `query` of the `k` nearest ids out of `among`, nearest first."""
        vector = self._encoder.embed([last_words(query)])
        ids, k = [f"{key}:{name}" for name in among], min(k, len(among))
        found = self._rows(shelf).query(query_embeddings=vector, ids=ids, n_results=k, include=["distances"])
        names, away = found["ids"][0], (found["distances"] or [[]])[0]
        if len(names) < k:
            raise LostRowsError(f"{len(names)} of {k} rows found")
        return {name.removeprefix(f"{key}:"): 1 - far for name, far in zip(names, away, strict=True)}

    def _rows(self, shelf: Shelf) -> Rows:
        """One collection; our embedding function goes along every time, as Chroma would else fetch its own."""
        return _client(self._folder).get_or_create_collection(
            shelf, embedding_function=_embedding_function(self._encoder), configuration=SPACE
        )  # fmt: skip

    def _mended(self, find: Callable[[], Found]) -> Found:
        """`find()`; where rows are gone they are built again, and where the store is damaged, in memory."""
        from chromadb.errors import ChromaError

        for remedy in (self._build_again, self._leave_store):
            try:
                return find()
            except (ChromaError, LostRowsError) as error:
                remedy(error)
        return find()

    def _build_again(self, _: Exception) -> None:
        """Let the next search look whether everything stands; another Recall may have emptied the folder."""
        self._built.clear()

    def _leave_store(self, error: Exception) -> None:
        """Throw a damaged store away and go on in memory; the next process builds a new one."""
        log.warning("The recall folder %s is damaged (%s); it is built again.", self._folder, error)
        _to_memory(self._folder)
        self._built.clear()


class OfCard(NamedTuple):
    """The texts that a card's lines are found by, by the names of their rows, and what it can be asked about."""

    texts: dict[str, str]
    things: list[Thing]


class LostRowsError(LookupError):
    """Rows that were built are gone; the folder was changed from outside."""


def last_words(query: str) -> str:
    """The part of a query that is looked up."""
    return " ".join(query.split()[-QUERY_WORDS:])


def _content_hash(texts: Mapping[str, str], encoder: Embedder) -> str:
    """Sixteen hex digits of the texts and of the encoder, known by the vector it gives one word."""
    fingerprint = np.round(encoder.embed(["change"])[0], 2).tolist()
    return hashlib.sha256(json.dumps([dict(texts), fingerprint]).encode()).hexdigest()[:16]


def _embedding_function(encoder: Embedder) -> Any:
    """Our encoder as Chroma wants it."""
    from chromadb import EmbeddingFunction

    class Ours(EmbeddingFunction):  # type: ignore[misc]
        def __init__(self) -> None: ...

        def __call__(self, texts: Sequence[str]) -> list[np.ndarray]:
            return list(encoder.embed(texts))

        @staticmethod
        def name() -> str:
            return LEARNT_BY

        def get_config(self) -> dict[str, Any]:
            return {}

        @staticmethod
        def build_from_config(config: dict[str, Any]) -> Any:
            return Ours()

    return Ours()


_owned: dict[Path, sqlite3.Connection] = {}
_clients: dict[Path, ClientAPI] = {}
_opening = threading.Lock()


def _client(folder: Path) -> ClientAPI:
    """The one way to a Chroma client: the same one for every caller in this process."""
    with _opening:
        if folder not in _clients:
            _clients[folder] = _persistent(folder) if _own(folder) else _in_memory()
        return _clients[folder]


def _quiet() -> Any:
    """The settings of every client; Chroma refuses two clients with different ones."""
    from chromadb import Settings

    return Settings(anonymized_telemetry=False)


def _in_memory() -> ClientAPI:
    from chromadb import EphemeralClient

    return EphemeralClient(_quiet())


def _persistent(folder: Path) -> ClientAPI:
    """A client on the store in `folder`. A new store gets a new name: Chroma remembers a path that failed."""
    from chromadb import PersistentClient
    from chromadb.errors import ChromaError

    for store in (*folder.glob("store-*"), folder / f"store-{uuid.uuid4().hex[:8]}"):
        try:
            return PersistentClient(str(store), _quiet())
        except ChromaError as error:
            log.warning("The recall store %s cannot be used (%s); it is built again.", store, error)
            shutil.rmtree(store, ignore_errors=True)
    return _in_memory()


def _own(folder: Path) -> bool:
    """Whether this process may write to the folder: the lock is free, or ours already."""
    if folder in _owned:
        return True
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(folder / "owner.lock", timeout=0, isolation_level=None, check_same_thread=False)
        lock.execute("BEGIN EXCLUSIVE")
    except (OSError, sqlite3.Error) as error:
        log.info("Recall stays in memory: %s (%s)", folder, error)
        return False
    _owned[folder] = lock
    return True


def _to_memory(folder: Path) -> None:
    """Replace this process's client by one in memory; the store is deleted where it is ours."""
    with _opening:
        _clients.pop(folder).close()
        if folder in _owned:
            for store in folder.glob("store-*"):
                shutil.rmtree(store, ignore_errors=True)
        _clients[folder] = _in_memory()
