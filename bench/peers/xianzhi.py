"""Our door: every step through `take_step`, with posts, scope, guards over recorded facts, four eyes, time limits and
pauses, the SM3 chain, and the trigger that puts each event on its way to the Merkle log."""

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import django
import workload
from workload import STAFF, Call

ROOT = Path(__file__).resolve().parents[2]
POSTS = {"clerk": "approval.clerk", "reviewer": "approval.reviewer", "approver": "approval.approver",
         "cashier": "finance.cashier"}  # fmt: skip


class Peer:
    def __init__(self, database: str) -> None:
        sys.path.insert(0, str(ROOT / "src"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "xianzhi.site.settings"
        if database.startswith("postgresql:"):
            os.environ["XIANZHI_DATABASE"] = database
            os.environ["XIANZHI_VAR"] = tempfile.mkdtemp(prefix="bench-")
        else:
            os.environ["XIANZHI_VAR"] = str(Path(database).with_suffix(""))
        django.setup()
        from xianzhi.kernel.tests import sample  # noqa: PLC0415 - only once Django is set up

        self.stack = ExitStack()
        self.stack.enter_context(sample.registered())

    def setup(self, cases: int) -> None:
        from django.core.management import call_command  # noqa: PLC0415
        from fill import fill  # noqa: PLC0415

        from xianzhi.kernel.models import Account, Post, Subject, Unit  # noqa: PLC0415
        from xianzhi.kernel.tests import sample  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        sample.settle()
        for role, size in STAFF.items():
            for number in range(size):
                subject = None
                if role == "applicant":
                    subject = Subject.objects.create(kind="organisation", name=f"公司{number}", code=f"B{number}")
                account = Account.objects.create(username=f"{role}-{number}", name=role, subject=subject)
                if role in POSTS:
                    function, _, post = POSTS[role].partition(".")
                    unit = Unit.objects.get(code=f"sample-{function}")
                    Post.objects.create(account=account, unit=unit, function=function, role=post, since=sample.BEGAN)
        subjects = list(Subject.objects.filter(code__startswith="B").order_by("pk"))
        fill(cases, subjects, upto="prepare", on=workload.DAY, entered=workload.opening)

    def begin_work(self) -> None:
        from xianzhi.kernel import clock, door  # noqa: PLC0415
        from xianzhi.kernel.models import Account, Case  # noqa: PLC0415

        self.take_step = door.take_step
        self.cases = list(Case.objects.order_by("pk"))
        self.actors = {}
        for account in Account.objects.exclude(username__startswith="sample-"):
            role, number = account.username.split("-")
            self.actors[role, int(number)] = account
        self.stack.enter_context(clock.at(workload.DAY))

    def take(self, call: Call) -> None:
        account = self.actors[call.actor]
        account.__dict__.pop("_held_posts", None)  # each step comes with a request of its own, which reads its posts
        self.take_step(self.cases[call.case], call.step, by=account, data=call.data)

    def written(self) -> int:
        from xianzhi.kernel.models import Event  # noqa: PLC0415

        return Event.objects.exclude(step_name="prepare").count()

    def log(self) -> int:
        """Puts what is pending into the Merkle log, as the clock does beside the work; gives the number of events."""
        from xianzhi.kernel.ledger.log import append_all  # noqa: PLC0415

        return append_all()
