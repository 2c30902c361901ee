"""People who read documents in, and a walk of a document from the file to its use."""

from datetime import date

from xianzhi.apps.gazette.models import Reading, Role, Verdict
from xianzhi.apps.gazette.services import review
from xianzhi.kernel import door
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Account, Case, Unit
from xianzhi.kernel.posts import appoint

POSTS = {"editor": "county_office.gazette", "reviewer": "county_office.review", "signer": "supervision.gazette"}


def official(name: str) -> Account:
    """The editor, the reviewer or the signer, made when missing."""
    if known := Account.objects.filter(username=name).first():
        return known
    if not Unit.objects.exists():
        load_county()
    account = Account.objects.create(username=name, name=name)
    appoint(account, POSTS[name], Unit.objects.get(code="county-office"), since=date(2024, 1, 1))
    return account


def accept_all(reading: Reading, role: Role = Role.FIRST) -> int:
    """Accepts every open doubtful item in a role; gives their number."""
    who = official("reviewer" if role == Role.FIRST else "signer")
    found = review.open_items(reading, role)
    for item in found:
        review.answer(item, Verdict.ACCEPT, by=who)
    return len(found)


def to_use(case: Case) -> None:
    """The whole way: reviewed, signed, put to use."""
    accept_all(Reading.objects.get(case=case))
    door.take_step(case, "finish", by=official("reviewer"))
    if review.blind(case.reading):
        accept_all(Reading.objects.get(case=case), Role.SECOND)
    door.take_step(case, "confirm", by=official("signer"))
    door.take_step(case, "publish", by=official("signer"))
