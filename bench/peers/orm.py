"""The best peer: a transition table written by hand on the Django ORM, with no library beside it."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import django
import workload
from django.conf import settings
from workload import ACTORS, GENESIS, STEPS, Call


def _database(address: str) -> dict[str, object]:
    if address.startswith("postgresql:"):
        parts = urlsplit(address)
        place = {"HOST": parts.hostname, "PORT": str(parts.port), "USER": parts.username, "PASSWORD": parts.password}
        return {"ENGINE": "django.db.backends.postgresql", "NAME": parts.path.lstrip("/"), **place}
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": pragmas}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": address, "OPTIONS": options}


class Peer:
    def __init__(self, database: str) -> None:
        settings.configure(
            DATABASES={"default": _database(database)}, USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField"
        )
        django.setup()
        from django.db import connection, models, transaction  # noqa: PLC0415 - only once Django is set up

        class Role(models.Model):
            actor = models.IntegerField()
            role = models.CharField(max_length=20)

            class Meta:
                app_label = "bench"
                unique_together = [("actor", "role")]

        class Permit(models.Model):
            documents = models.IntegerField()
            area = models.IntegerField()
            deposit = models.IntegerField()
            paid = models.IntegerField(null=True)
            accepted_by = models.IntegerField(null=True)
            reviewed_by = models.IntegerField(null=True)
            seq = models.IntegerField(default=0)
            head = models.CharField(max_length=64, default=GENESIS)
            state = models.CharField(max_length=20, default="draft")

            class Meta:
                app_label = "bench"

        class Record(models.Model):
            permit = models.IntegerField()
            seq = models.IntegerField()
            body = models.TextField()
            prev = models.CharField(max_length=64)
            hash = models.CharField(max_length=64)

            class Meta:
                app_label = "bench"
                unique_together = [("permit", "seq")]

        self.connection, self.transaction = connection, transaction
        self.Role, self.Permit, self.Record = Role, Permit, Record

    def setup(self, cases: int) -> None:
        with self.connection.schema_editor() as editor:
            for model in (self.Role, self.Permit, self.Record):
                editor.create_model(model)
        self.Role.objects.bulk_create(self.Role(actor=place, role=role) for place, (role, _) in enumerate(ACTORS))
        self.Permit.objects.bulk_create(self.Permit(id=case, **workload.opening(case)) for case in range(cases))

    def begin_work(self) -> None:
        self.actors = {actor: place for place, actor in enumerate(ACTORS)}

    def take(self, call: Call) -> None:
        before, after, role = STEPS[call.step]
        actor, at = self.actors[call.actor], datetime.now(UTC).isoformat()  # noqa: TID251 - no clock of ours here
        with self.transaction.atomic():
            case = self.Permit.objects.select_for_update().get(pk=call.case)
            held = self.Role.objects.filter(actor=actor, role=role).exists()
            if not held or case.state != before or not workload.guard(call, case, actor):
                raise workload.Refused(call)
            workload.apply(call, case, actor)
            prev, case.seq, case.state = case.head, case.seq + 1, after
            body, case.head = workload.link(prev, case.seq, call, actor, at)
            case.save()
            self.Record.objects.create(permit=call.case, seq=case.seq, body=body, prev=prev, hash=case.head)

    def written(self) -> int:
        return int(self.Record.objects.count())
