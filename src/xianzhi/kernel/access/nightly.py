"""Once a night: sessions that are over, counts that cooled off, and records beyond their time."""

from datetime import timedelta

from django.conf import settings

from xianzhi.kernel import clock
from xianzhi.kernel.access import guesses, machine, sessions
from xianzhi.kernel.models import AccessRecord


def sweep() -> int:
    """Deletes them; how many rows. The database itself refuses to delete records of the last half year."""
    # By the machine's time too: the database judges the age of a record by that.
    now = min(machine.now(), clock.now())
    old = AccessRecord.objects.filter(at__lt=now - timedelta(days=settings.ACCESS_RECORD_DAYS))
    return sessions.sweep() + guesses.sweep() + int(old.delete()[0])
