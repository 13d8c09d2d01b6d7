"""The archive's database: how it is opened, brought to this version's schema, and what its refusals mean.

Knows no table by name but Alembic's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from evoke.archive.models import REVISION
from evoke.errors import BadInput, StoreError

if TYPE_CHECKING:
    from alembic.config import Config

BUSY_MS = 5000  # how long a writer waits for another process before it is told that the archive is locked
READING = "evoke_reading"  # execution option of a transaction that will not write

REFUSALS = {
    "SQLITE_FULL": "The disk is full; free some space and try again",
    "SQLITE_READONLY": "The archive may only be read; check the permissions of {place}",
    "SQLITE_BUSY": "Another program holds the archive {place}; close it and try again",
    "SQLITE_LOCKED": "Another program holds the archive {place}; close it and try again",
    "SQLITE_CANTOPEN": "The archive {place} cannot be opened; check that its folder exists and may be written",
    "SQLITE_NOTADB": "{place} is not an Evoke archive; move it away or set EVOKE_DATABASE_URL",
    "SQLITE_CORRUPT": "The archive {place} is damaged; put a copy of it back or move it away",
    "SQLITE_IOERR": "The disk failed while the archive {place} was used; check the disk and try again",
}


def connect(url: str) -> Engine:
    """An engine for `url` whose schema is current; a missing SQLite folder is made. Raises BadInput or StoreError."""
    address = _address(url)
    sqlite = address.get_backend_name() == "sqlite"
    if sqlite and address.database:
        try:
            Path(address.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"The archive's folder cannot be made: {error.strerror} ({address.database}).") from error
    engine = create_engine(address, pool_pre_ping=not sqlite)
    if sqlite:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    with refusals(engine):
        _upgrade(engine)
    return engine


def revision(engine: Engine) -> str:
    """The schema revision the database stands at; empty for a new one."""
    with refusals(engine), reading(engine) as connection:
        return _revision(connection)


@contextmanager
def refusals(engine: Engine) -> Iterator[None]:
    """Turn what the database raises into one sentence of a StoreError."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_sentence(error.orig, engine.url)) from error
    except SQLAlchemyError as error:
        raise StoreError(f"The archive refused: {error}.") from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that takes no write lock."""
    with engine.connect() as connection:
        yield connection.execution_options(**{READING: True})


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        address.get_dialect().import_dbapi()
    except ArgumentError as error:
        raise BadInput("is not a database address", field="EVOKE_DATABASE_URL",
                       cure="Write it like postgresql+psycopg://name:password@host/database") from error  # fmt: skip
    except (NoSuchModuleError, ImportError) as error:
        cure = "pip install 'evoke-mi[postgres]' and begin it with postgresql+psycopg://"
        raise BadInput(f"needs a driver that is not here ({error})", field="EVOKE_DATABASE_URL", cure=cure) from error
    return address


def _prepare(connection: SqliteConnection, _: Any) -> None:
    """Every SQLite connection: readers beside one writer (WAL), references held, patience, our own BEGIN."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    _to_wal(connection)


def _to_wal(connection: SqliteConnection) -> None:
    """Switch to WAL. SQLite does not wait for a lock here: two processes that open a new archive take turns by this."""
    until = monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except OperationalError:
            if monotonic() > until:
                raise
            sleep(0.02)


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: a lock that is only taken at the first write fails instead of waiting."""
    reads = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def _upgrade(engine: Engine) -> None:
    """Bring the schema to `REVISION` in one transaction; nothing is imported or written where it stands there."""
    with reading(engine) as connection:
        found = _revision(connection)
    if found == REVISION:
        return
    if found > REVISION:
        raise StoreError(
            f"The archive was written by a newer Evoke (schema {found}, this one knows {REVISION}); update Evoke."
        )
    try:
        with engine.begin() as connection:  # on SQLite a second process waits here, and then finds nothing left to do
            migrate(connection)
    except DBAPIError:
        if revision(engine) != REVISION:  # on PostgreSQL it collides with the first one, which is then finished
            raise


def migrate(connection: Connection, to: str = "head") -> None:
    """Run the migrations up to revision `to` inside the caller's transaction."""
    from alembic import command

    command.upgrade(alembic(connection), to)


def alembic(connection: Connection) -> Config:
    """Alembic's configuration of this package's migrations, working on `connection`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _sentence(error: BaseException | None, url: URL) -> str:
    """What a refusal means and what to do about it. Never shows a password."""
    place = url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    name = getattr(error, "sqlite_errorname", "")
    for refusal, sentence in REFUSALS.items():
        if name.startswith(refusal):
            return sentence.format(place=place) + "."
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"The archive {place} refused: {first}."
