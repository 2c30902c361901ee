"""What a step was told of a person: sealed in the ledger, masked on pages, plain to the step's own effect."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xianzhi.kernel import door, registry
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.models import CaseKey, Event, SearchText
from xianzhi.kernel.pages.values import entered
from xianzhi.kernel.personal import keys, values
from xianzhi.kernel.personal.sealed import opened
from xianzhi.kernel.tests.personal_sample import CODE, DATA, PHONE, Told, everything, tell
from xianzhi.kernel.tests.sample import VILLAGE, People
from xianzhi.law.procedure import PUBLIC

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _prepared(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.KEYS = tmp_path / "keys" / "personal.json"
    values.forget()
    registry.procedures[Told.name] = Told
    yield
    del registry.procedures[Told.name]


def test_an_event_holds_tokens_and_no_number(people: People) -> None:
    case = tell(people)
    held = everything()
    for plain in (PHONE, CODE, "张三", "李四四", "王五"):
        assert plain not in held
    data = case.events.get().data
    assert data["what"] == "收费" and data["contact"].startswith(f"xz1.case-{case.pk}.sm4.")
    assert values.opened_data(Told.tell, data) == DATA
    assert verify() == []


def test_a_case_without_personal_values_has_no_key(people: People) -> None:
    door.open_case(Told, Told.tell, by=PUBLIC, title="示例", division=VILLAGE, data={"what": "收费"})
    assert not CaseKey.objects.exists()


def test_a_page_shows_the_mask(people: People) -> None:
    shown = entered(Told.tell, tell(people).events.get().data)
    assert [one.text for one in shown[:2]] == ["收费", "张三 138****1111"]
    assert shown[2].rows[0] == (("姓名", "李**"), ("号码", "140***********0010"))
    assert PHONE not in json.dumps(values.shown_data(Told.tell, Event.objects.get().data), ensure_ascii=False)
    undeclared = entered(None, Event.objects.get().data)
    assert "xz1" not in repr(undeclared) and PHONE not in repr(undeclared)


def test_a_repeat_under_one_key_is_the_same_event(people: People) -> None:
    assert tell(people, key="form:1") == tell(people, key="form:1")
    with pytest.raises(door.Refused, match="另一项内容"):
        door.open_case(
            Told,
            Told.tell,
            by=PUBLIC,
            title="示例反映",
            division=VILLAGE,
            data={**DATA, "contact": "别人"},
            key="form:1",
        )


def test_a_step_is_refused_without_keys_and_nothing_is_left(people: People, settings: Any) -> None:
    case = tell(people)
    settings.KEYS.unlink()
    values.forget()
    with pytest.raises(door.Refused, match="请从备份中恢复"):
        door.take_step(case, Told.add, by=PUBLIC, data={"contact": PHONE})
    assert case.events.count() == 1
    assert entered(Told.tell, case.events.get().data)[1].text == "（缺少密钥，不能读取）"
    assert verify() == []


def test_a_value_moved_to_another_field_or_case_does_not_open(people: People) -> None:
    first, second = tell(people), tell(people)
    one, other = first.events.get().data, second.events.get().data
    renamed = other["contact"].replace(f"case-{second.pk}.", f"case-{first.pk}.")
    for moved in (one["people"][0]["code"], renamed):
        assert values.shown_data(Told.tell, {**one, "contact": moved})["contact"] == "（校验不符，不能读取）"
    assert values.shown_data(Told.add, {"contact": one["contact"]})["contact"] == "（校验不符，不能读取）"


def test_a_new_master_key_reads_the_old_events(people: People) -> None:
    data = tell(people).events.get().data
    keys.add_seal()
    values.forget()
    assert opened(values.shown_data(Told.tell, data)["contact"]) == DATA["contact"]


def test_a_number_typed_into_a_title_is_not_found_by_it(people: People) -> None:
    case = door.open_case(
        Told, Told.tell, by=PUBLIC, title=f"反映 {CODE} 收费", division=VILLAGE, data={"what": "收费"}
    )
    assert "99 90" not in SearchText.objects.get(case=case).grams and "收费" in SearchText.objects.get(case=case).grams
