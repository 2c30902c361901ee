"""A procedure that is told of persons, for the tests of personal data."""

from typing import Any

from django.db import connection

from xianzhi.kernel import door
from xianzhi.kernel.models import Case
from xianzhi.kernel.tests.sample import VILLAGE, People
from xianzhi.law.fields import lines, text
from xianzhi.law.procedure import PUBLIC, SAME, START, Procedure, Step, final, states

PHONE, CODE = "13800001111", "140826199003070010"
DATA = {
    "what": "收费",
    "contact": f"张三 {PHONE}",
    "people": [{"name": "李四四", "code": CODE}, {"name": "王五", "code": CODE}],
}


class Told(Procedure):
    """A report that names persons."""

    app = "sample"
    zh = "示例反映"
    opens = ("approval.clerk",)

    told = states("已收到")[0]
    done = final("已办结")
    tell = Step(
        "反映", START >> told, by=PUBLIC, event="sample.told.received", cites="house-1-1",
        asks=(
            text("what", "事项"), text("contact", "联系方式", personal="contact").optional,
            lines(
                "people", "相关人员", text("name", "姓名", personal="name"), text("code", "号码", personal="identity")
            ).optional,
        ),
    )  # fmt: skip
    add = Step(
        "补充", told >> SAME, by=PUBLIC, event="sample.told.added", cites="house-1-1", aside=True,
        asks=(text("contact", "联系方式", personal="contact"),),
    )  # fmt: skip
    close = Step("办结", told >> done, by="approval.clerk", event="sample.told.closed", cites="house-1-1")


def tell(people: People, **more: Any) -> Case:
    """A report by the public that names three persons."""
    return door.open_case(Told, Told.tell, by=PUBLIC, title="示例反映", division=VILLAGE, data=DATA, **more)


def everything() -> str:
    """Every row of every table, as the database holds it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found.append(repr(cursor.fetchall()))
    return "\n".join(found)
