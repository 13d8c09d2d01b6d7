"""The database: its schema from any age, WAL, and refusals in one sentence."""

import sqlite3
import time

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session as Work

from evoke.archive import Archive, schema
from evoke.archive.models import REVISION, Base, HeadRow
from evoke.archive.rows import session_row, turn_row
from evoke.errors import StoreError
from evoke.transcript import Turn


def file_of(url: str) -> str:
    return url.removeprefix("sqlite:///")


def test_a_new_archive_has_exactly_the_tables_of_the_models(url):
    engine = schema.connect(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_first_revision_is_brought_to_the_latest_with_its_rows(tmp_path, record, opening):
    address = f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_engine(address)
    with engine.begin() as connection, Work(connection) as work:
        schema.migrate(connection, "0001")
        work.add(session_row(record))
        work.flush()
        work.add_all([turn_row("s1", opening, 0), HeadRow(session_id="s1", turn_id=None)])
        work.flush()
    engine.dispose()
    archive = Archive(address)
    assert archive.revision() == REVISION
    assert archive.load("s1").turns == (opening,)
    archive.disagree("s1", "t0", "neutral", "sustain")
    assert len(archive.disagreements("s1")) == 1
    archive.close()


def test_the_models_name_the_latest_migration(archive):
    with schema.reading(archive._engine) as connection:
        assert ScriptDirectory.from_config(schema.alembic(connection)).get_current_head() == REVISION


def test_every_migration_can_be_gone_back_from(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.begin() as connection:
        schema.migrate(connection)
        command.downgrade(schema.alembic(connection), "base")
        left = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    engine.dispose()
    assert left == ["alembic_version"]


def test_wal_foreign_keys_and_patience_are_on(archive):
    with schema.reading(archive._engine) as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "foreign_keys")]
        assert pragmas == ["wal", 1]
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == schema.BUSY_MS


def test_opening_a_current_archive_takes_less_than_a_third_of_a_second(url, archive):
    archive.close()
    times = []
    for _ in range(5):
        began = time.perf_counter()
        Archive(url).close()
        times.append(time.perf_counter() - began)
    assert min(times) < 0.3


def test_a_newer_schema_is_refused_and_left_alone(url, archive):
    archive.close()
    with sqlite3.connect(file_of(url)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.close()
    with pytest.raises(StoreError, match="newer Evoke"):
        Archive(url)
    with sqlite3.connect(file_of(url)) as other:
        assert other.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    other.close()


def test_a_full_disk_is_one_sentence_and_what_was_there_stays(archive, record, opening):
    archive.open(record)
    archive.turn("s1", opening, "{}")

    def fill_up(connection, _):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    archive._engine.dispose()
    event.listen(archive._engine, "connect", fill_up)
    with pytest.raises(StoreError, match=r"^The disk is full; [^.]*\.$"):
        archive.turn("s1", Turn(id="t1", parent="t0", speaker="learner", text="long " * 9000), "{}")
    event.remove(archive._engine, "connect", fill_up)
    archive._engine.dispose()
    loaded = archive.load("s1")
    assert (loaded.turns, loaded.head) == ((opening,), "t0")
    archive.turn("s1", Turn(id="t1", parent="t0", speaker="learner", text="short"), "{}")
    assert archive.load("s1").head == "t1"


def test_a_locked_archive_is_one_sentence(url, archive, record, monkeypatch):
    monkeypatch.setattr(schema, "BUSY_MS", 50)
    archive._engine.dispose()
    other = sqlite3.connect(file_of(url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="Another program holds the archive"):
        archive.open(record)
    other.execute("ROLLBACK")
    other.close()
    archive.open(record)
    assert archive.load("s1").id == "s1"


def test_a_reader_does_not_wait_for_a_writer(url, archive, record):
    archive.open(record)
    other = sqlite3.connect(file_of(url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.perf_counter()
    assert archive.load("s1").id == "s1"
    assert time.perf_counter() - began < schema.BUSY_MS / 2000
    other.execute("ROLLBACK")
    other.close()


def test_a_read_only_archive_is_one_sentence(url, archive, record, opening):
    archive.open(record)
    archive.close()

    def only_reading(connection, _):
        connection.execute("PRAGMA query_only = ON")

    event.listen(archive._engine, "connect", only_reading)
    with pytest.raises(StoreError, match=r"may only be read; [^.]*"):
        archive.turn("s1", opening, "{}")
    assert archive.load("s1").turns == ()


def test_a_file_that_is_no_archive_is_one_sentence(tmp_path):
    file = tmp_path / "evoke.db"
    file.write_bytes(b"these are my holiday notes, not a database " * 40)
    with pytest.raises(StoreError, match="is not an Evoke archive"):
        Archive(f"sqlite:///{file}")
    assert file.read_bytes().startswith(b"these are my holiday notes")


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="folder cannot be made"):
        Archive(f"sqlite:///{tmp_path / 'file' / 'evoke.db'}")
