"""The limit: the same reads and writes as plain statements, through sqlite3 or psycopg, and nothing else."""

import sqlite3
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import psycopg
import workload
from workload import ACTORS, GENESIS, STEPS, Call

COLUMNS = ("documents", "area", "deposit", "paid", "accepted_by", "reviewed_by", "seq", "head", "state")
TABLES = """
CREATE TABLE role (actor INTEGER, role VARCHAR(20), PRIMARY KEY (actor, role));
CREATE TABLE permit (id INTEGER PRIMARY KEY, documents INTEGER, area INTEGER, deposit INTEGER, paid INTEGER,
  accepted_by INTEGER, reviewed_by INTEGER, seq INTEGER DEFAULT 0, head VARCHAR(64), state VARCHAR(20) DEFAULT 'draft');
CREATE TABLE record (id {serial}, permit INTEGER, seq INTEGER, body TEXT, prev VARCHAR(64), hash VARCHAR(64),
  UNIQUE (permit, seq))
"""


class Peer:
    def __init__(self, database: str) -> None:
        self.postgres = database.startswith("postgresql:")
        self.connection: Any
        if self.postgres:
            self.connection = psycopg.connect(database, autocommit=True, prepare_threshold=2)
        else:
            self.connection = sqlite3.connect(database, isolation_level=None, timeout=30)
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=NORMAL")
        self.cursor = self.connection.cursor()
        self.begin = "BEGIN" if self.postgres else "BEGIN IMMEDIATE"
        held = "EXISTS (SELECT 1 FROM role WHERE actor = ? AND role = ?)"
        lock = " FOR UPDATE OF permit" if self.postgres else ""
        self.read = self._sql(f"SELECT {', '.join(COLUMNS)}, {held} FROM permit WHERE id = ?{lock}")  # noqa: S608
        self.move = self._sql(
            "UPDATE permit SET documents=?, paid=?, accepted_by=?, reviewed_by=?, seq=?, head=?, state=? WHERE id=?"
        )
        self.write = self._sql("INSERT INTO record (permit, seq, body, prev, hash) VALUES (?, ?, ?, ?, ?)")

    def _sql(self, statement: str) -> str:
        return statement.replace("?", "%s") if self.postgres else statement

    def setup(self, cases: int) -> None:
        serial = "BIGSERIAL PRIMARY KEY" if self.postgres else "INTEGER PRIMARY KEY AUTOINCREMENT"
        for statement in TABLES.format(serial=serial).split(";"):
            self.cursor.execute(statement)
        self.cursor.execute(self.begin)
        roles = [(place, role) for place, (role, _) in enumerate(ACTORS)]
        self.cursor.executemany(self._sql("INSERT INTO role VALUES (?, ?)"), roles)
        rows = [(case, *workload.opening(case).values(), GENESIS) for case in range(cases)]
        columns = "INSERT INTO permit (id, documents, area, deposit, head) VALUES (?, ?, ?, ?, ?)"
        self.cursor.executemany(self._sql(columns), rows)
        self.cursor.execute("COMMIT")

    def begin_work(self) -> None:
        self.actors = {actor: place for place, actor in enumerate(ACTORS)}

    def take(self, call: Call) -> None:
        before, after, role = STEPS[call.step]
        actor, at = self.actors[call.actor], datetime.now(UTC).isoformat()  # noqa: TID251 - no clock of ours here
        execute = self.cursor.execute
        execute(self.begin)
        try:
            *values, held = execute(self.read, (actor, role, call.case)).fetchone()
            case = SimpleNamespace(**dict(zip(COLUMNS, values, strict=True)))
            if not held or case.state != before or not workload.guard(call, case, actor):
                raise workload.Refused(call)
            workload.apply(call, case, actor)
            body, digest = workload.link(case.head, case.seq + 1, call, actor, at)
            who = (case.accepted_by, case.reviewed_by)
            execute(self.move, (case.documents, case.paid, *who, case.seq + 1, digest, after, call.case))
            execute(self.write, (call.case, case.seq + 1, body, case.head, digest))
            execute("COMMIT")
        except BaseException:
            execute("ROLLBACK")
            raise

    def written(self) -> int:
        return int(self.cursor.execute("SELECT count(*) FROM record").fetchone()[0])
