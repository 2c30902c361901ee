"""What the database itself keeps: no event is changed or deleted, none misses the log, and the search has its index."""

from django.db import migrations

APPEND_ONLY = (
    "kernel_event", "kernel_logentry", "kernel_lognode", "kernel_checkpoint", "kernel_postchange", "kernel_material",
    "kernel_parametervalue",
)  # fmt: skip


def _sqlite() -> tuple[list[str], list[str]]:
    forward, backward = [], []
    for table in APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            name = f"{table}_no_{action.lower()}"
            forward.append(
                f"CREATE TRIGGER {name} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
            backward.append(f"DROP TRIGGER {name}")
    forward += [
        "CREATE TRIGGER kernel_event_pending AFTER INSERT ON kernel_event "
        "BEGIN INSERT INTO kernel_pendingleaf (event_id) VALUES (NEW.id); END",
        "CREATE VIRTUAL TABLE kernel_searchtext_grams USING fts5(grams, content='kernel_searchtext', content_rowid='case_id')",
        "CREATE TRIGGER kernel_searchtext_insert AFTER INSERT ON kernel_searchtext "
        "BEGIN INSERT INTO kernel_searchtext_grams (rowid, grams) VALUES (NEW.case_id, NEW.grams); END",
        "CREATE TRIGGER kernel_searchtext_delete AFTER DELETE ON kernel_searchtext BEGIN "
        "INSERT INTO kernel_searchtext_grams (kernel_searchtext_grams, rowid, grams) "
        "VALUES ('delete', OLD.case_id, OLD.grams); END",
    ]
    backward += [
        "DROP TRIGGER kernel_event_pending",
        "DROP TRIGGER kernel_searchtext_insert",
        "DROP TRIGGER kernel_searchtext_delete",
        "DROP TABLE kernel_searchtext_grams",
    ]
    return forward, backward


def _postgresql() -> tuple[list[str], list[str]]:
    forward = [
        "CREATE FUNCTION kernel_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        "CREATE FUNCTION kernel_pend() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO kernel_pendingleaf (event_id) VALUES (NEW.id); RETURN NULL; END $$",
        "CREATE TRIGGER kernel_event_pending AFTER INSERT ON kernel_event FOR EACH ROW EXECUTE FUNCTION kernel_pend()",
        # Its cost tells the planner to ask the index rather than to take every text apart; not parallel, for starting
        # helpers takes longer than the search.
        "CREATE FUNCTION kernel_pairs(grams text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE COST 200 AS "
        "$$ BEGIN RETURN string_to_array(grams, ' '); END $$",
        "CREATE INDEX kernel_searchtext_grams ON kernel_searchtext USING gin (kernel_pairs(grams))",
    ]
    backward = [
        "DROP INDEX kernel_searchtext_grams",
        "DROP FUNCTION kernel_pairs(text)",
        "DROP TRIGGER kernel_event_pending ON kernel_event",
        "DROP FUNCTION kernel_pend()",
        "DROP FUNCTION kernel_refuse() CASCADE",
    ]
    for table in APPEND_ONLY:
        forward += [
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kernel_refuse()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION kernel_refuse()",
        ]
    return forward, backward


def _statements(editor):
    return _postgresql() if editor.connection.vendor == "postgresql" else _sqlite()


def _forward(apps, editor):
    for statement in _statements(editor)[0]:
        editor.execute(statement, params=None)


def _backward(apps, editor):
    for statement in _statements(editor)[1]:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(_forward, _backward)]
