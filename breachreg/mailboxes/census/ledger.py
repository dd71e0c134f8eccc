"""The census's own ledger on disc: what each chunk gave, entered once, however often the work is killed and resumed.

It holds counts, keyed hashes and places, no values. Memory does not grow with the mailbox, because distinct people
and values are told apart by the ledger's keys, not in memory.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from breachreg.mailboxes.census.finding import BY_WORD, CATEGORIES
from breachreg.mailboxes.census.mbox import Chunk
from breachreg.mailboxes.census.tally import (
    AUTOMATIC,
    DATA_FOUND,
    IN_ATTACHMENT,
    IN_TEXT,
    INSIDE,
    RECIPIENT,
    SAMPLES,
    SENDER,
    TOLD_FALSELY,
    Tally,
)  # fmt: skip

_TABLES = """
CREATE TABLE IF NOT EXISTS chunk (number INTEGER PRIMARY KEY, start INTEGER, messages INTEGER, bytes INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS person (hash BLOB PRIMARY KEY, roles INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS value (category INTEGER, hash BLOB, confidence INTEGER, PRIMARY KEY (category, hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS concerned (category INTEGER, hash BLOB, confidence INTEGER, PRIMARY KEY (category, hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS found (category INTEGER, place INTEGER, confidence INTEGER, PRIMARY KEY (category, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sample (category INTEGER, confidence INTEGER, shown TEXT, place INTEGER, PRIMARY KEY (category, place, shown)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trouble (code TEXT, place INTEGER, what TEXT, PRIMARY KEY (code, place, what)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trouble_count (code TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, content TEXT) WITHOUT ROWID;
"""
_NUMBER = {category: number for number, category in enumerate(CATEGORIES)}
_HIGHER = "ON CONFLICT DO UPDATE SET confidence = max(confidence, excluded.confidence)"


class Ledger:
    """An open ledger; one writer at a time."""

    def __init__(self, path: Path):
        self.database = sqlite3.connect(path, isolation_level=None, timeout=30)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute("PRAGMA cache_size=-16000")
        self.database.executescript(_TABLES)

    def close(self) -> None:
        self.database.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield self.database
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")

    def done(self) -> set[int]:
        """The numbers of the chunks entered so far."""
        return {number for (number,) in self.database.execute("SELECT number FROM chunk")}

    def enter(self, chunk: Chunk, tally: Tally) -> bool:
        """Enter a chunk's tally, whole or not at all; False when it was entered before, which changes nothing."""
        with self._transaction() as database:
            entered = database.execute(
                "INSERT OR IGNORE INTO chunk VALUES (?, ?, ?, ?)", (chunk.number, chunk.start, tally.messages, tally.bytes)
            )
            if not entered.rowcount:
                return False
            database.executemany(
                "INSERT INTO person VALUES (?, ?) ON CONFLICT DO UPDATE SET roles = roles | excluded.roles", tally.people.items()
            )
            for table, rows in (("value", tally.values), ("concerned", tally.concerned)):
                database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?) {_HIGHER}", [(_NUMBER[c], h, level) for (c, h), level in rows.items()])
            database.executemany("INSERT OR IGNORE INTO found VALUES (?, ?, ?)", [(_NUMBER[c], place, level) for c, level, place in tally.found_in])
            self._enter_samples(tally)
            self._enter_troubles(tally)
            self._enter_period(tally)
        return True

    def _enter_samples(self, tally: Tally) -> None:
        for category, samples in tally.samples.items():
            rows = [(_NUMBER[category], sample.confidence, sample.shown, sample.pointer) for sample in samples]
            self.database.executemany("INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?)", rows)
            # The best ones, and of these the first ones of the mailbox: the same however the chunks came in.
            self.database.execute(
                "DELETE FROM sample WHERE category = ?1 AND (place, shown) NOT IN (SELECT place, shown FROM sample WHERE category = ?1"
                " ORDER BY confidence DESC, place LIMIT ?2)", (_NUMBER[category], SAMPLES),
            )  # fmt: skip

    def _enter_troubles(self, tally: Tally) -> None:
        self.database.executemany(
            "INSERT INTO trouble_count VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count", tally.troubles.items()
        )
        self.database.executemany("INSERT OR IGNORE INTO trouble VALUES (?, ?, ?)", tally.trouble_at)

    def _enter_period(self, tally: Tally) -> None:
        for name, moment, choose in (("first_at", tally.first_at, "min"), ("last_at", tally.last_at, "max")):
            if moment:
                self.database.execute(
                    f"INSERT INTO note VALUES (?, ?) ON CONFLICT DO UPDATE SET content = {choose}(content, excluded.content)",
                    (name, moment.isoformat()),
                )

    # What stays when everything is counted

    def close_books(self) -> None:
        """Forget everything but where the messages with data stand: the figures were taken, the hashes are of no use any more."""
        with self._transaction() as database:
            for table in ("person", "value", "concerned", "sample", "trouble", "trouble_count"):
                database.execute(f"DELETE FROM {table}")
            database.execute("INSERT OR REPLACE INTO note VALUES ('closed', '1')")
        self.database.execute("VACUUM")

    @property
    def is_closed(self) -> bool:
        """Whether only the places are left, so that figures can't be taken from it any more."""
        return bool(self._one("SELECT count(*) FROM note WHERE name = 'closed'"))

    def places_with_data(self, confidence: int) -> Iterator[int]:
        """Where the messages stand in which something was found with at least this confidence, in the mailbox's order."""
        query = "SELECT DISTINCT place FROM found WHERE confidence >= ? ORDER BY place"
        yield from (place for (place,) in self.database.execute(query, (confidence,)))

    # Figures

    def _one(self, query: str, *parameters) -> int:
        return self.database.execute(query, parameters).fetchone()[0] or 0

    def progress(self) -> tuple[int, int]:
        """Messages and bytes counted so far."""
        return self._one("SELECT sum(messages) FROM chunk"), self._one("SELECT sum(bytes) FROM chunk")

    def figures(self) -> dict:
        """Everything counted, as plain data (JSON). Counts are [low, likely, high]."""
        messages, size = self.progress()
        notes = dict(self.database.execute("SELECT name, content FROM note"))
        return {
            "messages": messages, "bytes": size, "first_at": notes.get("first_at"), "last_at": notes.get("last_at"),
            "people": self._people(), "groups": self._groups(),
            "categories": {c: found for c in CATEGORIES if (found := self._category(c))["messages"][2]},
            "troubles": dict(self.database.execute("SELECT code, count FROM trouble_count ORDER BY code")),
        }  # fmt: skip

    def _people(self) -> list[int]:
        """Low: who wrote or was written to. Likely: also who is only named. High: also each NIR, as a person without an address."""
        human = f"(roles & {AUTOMATIC}) = 0"
        low = self._one(f"SELECT count(*) FROM person WHERE {human} AND (roles & {SENDER | RECIPIENT}) != 0")
        likely = self._one(f"SELECT count(*) FROM person WHERE {human}")
        return [low, likely, likely + self._one("SELECT count(*) FROM value WHERE category = ? AND confidence > 1", _NUMBER["nir"])]

    def _groups(self) -> dict[str, int]:
        def count(condition: str) -> int:
            return self._one(f"SELECT count(*) FROM person WHERE (roles & {AUTOMATIC}) = 0 AND {condition}")

        return {
            "correspondents_inside": count(f"(roles & {INSIDE}) != 0 AND (roles & {SENDER | RECIPIENT}) != 0"),
            "correspondents_outside": count(f"(roles & {INSIDE}) = 0 AND (roles & {SENDER | RECIPIENT}) != 0"),
            "senders": count(f"(roles & {SENDER}) != 0"),
            "recipients": count(f"(roles & {RECIPIENT}) != 0"),
            "named_only": count(f"(roles & {SENDER | RECIPIENT}) = 0 AND (roles & {IN_TEXT | IN_ATTACHMENT}) != 0"),
            "told_falsely": count(f"(roles & {TOLD_FALSELY}) != 0"),
            "data_found": count(f"(roles & {DATA_FOUND}) != 0"),
            "automatic": self._one(f"SELECT count(*) FROM person WHERE (roles & {AUTOMATIC}) != 0"),
        }

    def _category(self, category: str) -> dict:
        number, table = _NUMBER[category], "concerned" if category in BY_WORD else "value"
        levels = (3, 2, 1)
        return {
            "messages": [self._one("SELECT count(*) FROM found WHERE category = ? AND confidence >= ?", number, level) for level in levels],
            "people": [self._one(f"SELECT count(*) FROM {table} WHERE category = ? AND confidence >= ?", number, level) for level in levels],
            "samples": [
                {"shown": shown, "confidence": confidence, "place": place}
                for shown, confidence, place in self.database.execute(
                    "SELECT shown, confidence, place FROM sample WHERE category = ? ORDER BY confidence DESC, place", (number,))
            ],
        }  # fmt: skip

    def places(self, category: str, *, offset: int = 0, most: int = 100) -> list[tuple[int, int]]:
        """Where the messages of a category stand, the surest first: (place, confidence)."""
        return self.database.execute(
            "SELECT place, confidence FROM found WHERE category = ? ORDER BY confidence DESC, place LIMIT ? OFFSET ?",
            (_NUMBER[category], most, offset),
        ).fetchall()

    def troubles(self, most: int = 200) -> list[tuple[str, int, str]]:
        """What could not be read, and where."""
        return self.database.execute("SELECT code, place, what FROM trouble ORDER BY place LIMIT ?", (most,)).fetchall()

    def figures_as_text(self) -> str:
        """The figures as JSON in a fixed order, to compare two censuses."""
        return json.dumps(self.figures(), sort_keys=True, ensure_ascii=False)
