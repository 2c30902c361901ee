"""Numbers in a series, given one after the other: none left out, none twice, whoever asks at the same time."""

from django.db import connection

_NEXT = (
    "INSERT INTO kernel_series (name, year, last) VALUES (%s, %s, 1) "
    "ON CONFLICT (name, year) DO UPDATE SET last = kernel_series.last + 1 RETURNING last"
)


def next_number(form: str, year: int) -> str:
    """The next number of a form such as 绛电接〔{year}〕{serial:04d}. The series is locked until the transaction ends,
    so a number whose transaction fails is given to the next one."""
    return form.format(year=year, serial=next_serial(form, year))


def next_serial(series: str, year: int) -> int:
    """The next place in a series of a year, 1 for the first; locked as `next_number` says."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, (series, year))
        return int(cursor.fetchone()[0])
