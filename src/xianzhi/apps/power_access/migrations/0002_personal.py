"""The names of those who farm the plots are sealed."""

from django.db import migrations

from xianzhi.kernel.personal.fields import SealedField
from xianzhi.kernel.personal.keys import ring
from xianzhi.kernel.personal.tokens import is_token, seal, unseal

_PLACE = "power_access.croprow.holder|{}"


def _change(editor, change):
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, matter_id, holder FROM power_access_croprow")
        for pk, matter, holder in cursor.fetchall():
            cursor.execute("UPDATE power_access_croprow SET holder = %s WHERE id = %s", [change(holder, matter), pk])


def _seal(apps, editor):
    _change(editor, lambda holder, matter: seal(holder, _PLACE.format(matter), ring().seal))


def _unseal(apps, editor):
    _change(
        editor,
        lambda holder, matter: unseal(holder, _PLACE.format(matter), ring().master) if is_token(holder) else holder,
    )


class Migration(migrations.Migration):
    dependencies = [("power_access", "0001_initial"), ("kernel", "0004_personal")]
    operations = [
        migrations.AlterField(
            "croprow", "holder", SealedField(index="", kind="name", row="matter_id", verbose_name="承包人")
        ),
        migrations.RunPython(_seal, _unseal),
    ]
