"""Eight writers at once on one series: no number left out, none twice, the chain whole."""

import json
import threading
from datetime import date

from django.db import connection

from xianzhi.kernel.documents import check
from xianzhi.kernel.models import Account, OfficialDocument
from xianzhi.kernel.tests import letters
from xianzhi.kernel.tests import sample as s

WRITERS, EACH = 8, 10
WRITE = """
import json, sys
from datetime import date
from xianzhi.kernel.models import Account
from xianzhi.kernel.tests import letters
with letters.registered():
    clerk = Account.objects.get(username="sample-clerk")
    made = [letters.letter_of(letters.write(clerk, on=date(2025, 4, 16))).number for _ in range(int(sys.argv[1]))]
print(json.dumps(made))
"""


def _assert_whole(numbers: list[str]) -> None:
    assert sorted(numbers) == [f"示函〔2025〕{n:04d}" for n in range(1, WRITERS * EACH + 1)]
    assert OfficialDocument.objects.count() == WRITERS * EACH
    assert not list(check.findings())


def test_eight_processes(scratch):
    with letters.registered():
        s.settle()
        workers = [scratch.python(WRITE, str(EACH)) for _ in range(WRITERS)]
        said = [worker.communicate(timeout=180) for worker in workers]
        assert [worker.returncode for worker in workers] == [0] * WRITERS, [errors for _, errors in said]
        _assert_whole([number for out, _ in said for number in json.loads(out.splitlines()[-1])])


def test_eight_threads(scratch):
    numbers, faults, gate = [], [], threading.Barrier(WRITERS)

    def write() -> None:
        try:
            clerk = Account.objects.get(username="sample-clerk")
            gate.wait()
            for _ in range(EACH):
                numbers.append(letters.letter_of(letters.write(clerk, on=date(2025, 4, 16))).number)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    with letters.registered():
        s.settle()
        writers = [threading.Thread(target=write) for _ in range(WRITERS)]
        for one in writers:
            one.start()
        for one in writers:
            one.join()
        assert not faults, faults
        _assert_whole(numbers)
