"""The pages, files and commands of the exchange: who sees what, what waits and why, and messages carried by hand."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.exchange import choices, files, inbox, keys, outbox, signing
from xianzhi.kernel.exchange.files import BadBundle
from xianzhi.kernel.models import Account, ExchangeEntry, Inbound, Outbound, Partner, Unit, UnitFunction
from xianzhi.kernel.posts import appoint
from xianzhi.kernel.tests import exchange_sample as toy
from xianzhi.kernel.tests.exchange_sample import KIND, NUMBER, SCHEME, TOLD, Other, World


@pytest.fixture(autouse=True)
def world() -> Any:
    with toy.declared() as made:
        made.known.add(NUMBER)
        made.opened.add(NUMBER)
        yield made


@pytest.fixture
def other(db: None) -> Other:
    return toy.connect()


def officer(function: str, unit: Unit | None = None, duty: str = "") -> Client:
    """Somebody signed in: at the unit, or at one of his own."""
    account = Account.objects.create(username=f"toy-{function}{duty}", name="示例甲", password="!", duty=duty)
    if function:
        unit = unit or Unit.objects.create(
            code=f"toy-{function}", division=county().code, name=f"示例{function}", short="示例", kind="bureau"
        )
        UnitFunction.objects.get_or_create(unit=unit, function=function, defaults={"since": "2024-01-01"})
        appoint(account, f"{function}.clerk", unit, since=clock.today())
    client = Client()
    client.force_login(account)
    return client


def written(number: str = NUMBER) -> Outbound:
    with transaction.atomic():
        (message,) = outbox.send(None, "grid", TOLD, {"order": number})
    return message


def page(client: Client, address: str, **more: Any) -> str:
    answer = client.get(address, more)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# ---- who sees what


@pytest.mark.proves("house-6-2")
def test_what_waits_stands_with_its_reason_and_red_after_a_day_for_both_sides(other: Other) -> None:
    with clock.at(clock.now() - timedelta(hours=25)):
        outbox.record_fault(written(), "对方拒绝连接")
        other.give({**SCHEME, "order": "示例2号"})
    for client in (officer("approval"), officer("grid", other.partner.unit), officer("", duty="audit")):
        shown = page(client, "/exchange")
        assert "对方拒绝连接" in shown
        assert "没有示例2号" in shown
        assert shown.count("超过一天") == 2
        assert "<b>2</b>" in page(client, "/exchange", light="red"), "the masthead counts what is red"


@pytest.mark.parametrize("function", ["water", "township"])
def test_whoever_has_no_part_in_it_sees_nothing(other: Other, function: str) -> None:
    message, client = written(), officer(function)
    addresses = (
        "/exchange", f"/exchange/out/{message.pk}", "/exchange/toy/terms", "/exchange/toy/receipts",
    )  # fmt: skip
    assert {client.get(address).status_code for address in addresses} <= {403, 404}
    assert client.post("/exchange/toy/bundle").status_code in (403, 404)
    assert "交换" not in client.get("/units").content.decode().split("</header>")[0]


def test_the_auditor_sees_and_does_nothing(other: Other) -> None:
    message, client = written(), officer("", duty="audit")
    assert message.body.replace('"', "&quot;") in page(client, f"/exchange/out/{message.pk}")
    assert client.post(f"/exchange/out/{message.pk}").status_code == 403
    assert client.post("/exchange/toy/terms", {"does": "pause", "why": "x"}).status_code == 403
    assert client.post("/exchange/toy/bundle").status_code == 403


def test_anybody_reads_what_is_agreed_and_no_private_key_stands_there(db: None) -> None:
    shown = page(Client(), "/exchange/agreed")
    for words in (KIND, TOLD, "示例方案", "Exchange-Signature", keys.own().public.hex()):
        assert words in shown
    assert keys.own().private.hex() not in shown


# ---- what officials do


def test_an_officer_sends_again_pauses_and_resumes(other: Other) -> None:
    message, client = written(), officer("approval")
    assert client.post(f"/exchange/out/{message.pk}").status_code == 302
    assert client.post("/exchange/toy/terms", {"does": "pause", "why": ""}).status_code == 422
    client.post("/exchange/toy/terms", {"does": "pause", "why": "对方检修"})
    assert "已暂停发送" in page(client, "/exchange/toy/terms")
    client.post("/exchange/toy/terms", {"does": "resume"})
    noted = list(ExchangeEntry.objects.exclude(by=None).order_by("id").values_list("what", "words"))
    assert noted == [("resent", ""), ("paused", "对方检修"), ("resumed", "")]


@pytest.mark.proves("house-6-4")
def test_two_that_differ_are_compared_and_one_is_chosen_with_a_reason(other: Other, world: World) -> None:
    world.typed[NUMBER, 1] = 800
    other.give(SCHEME)
    message, client = Inbound.objects.get(), officer("approval")
    shown = page(client, f"/exchange/in/{message.pk}")
    assert "800" in shown
    assert "820" in shown
    refused = client.post(f"/exchange/in/{message.pk}", {"which": "ours", "why": " "})
    assert (refused.status_code, "没有写理由" in refused.content.decode()) == (422, True)
    assert client.post(f"/exchange/in/{message.pk}", {"which": "", "why": "x"}).status_code == 422
    theirs = client.post(f"/exchange/in/{message.pk}", {"which": "theirs", "why": "x"})
    assert "请对方另编版号" in theirs.content.decode()
    assert client.post(f"/exchange/in/{message.pk}", {"which": "ours", "why": "现场核对过"}).status_code == 302
    message.refresh_from_db()
    assert (message.state, message.chosen) == ("refused", "沿用原有：现场核对过")
    assert message.body == json.dumps(SCHEME, ensure_ascii=False)
    assert other.give(SCHEME).status == 422
    assert client.post(f"/exchange/in/{message.pk}", {"which": "ours", "why": "x"}).status_code == 422


def test_of_two_that_wait_the_chosen_one_takes_the_place(other: Other, world: World) -> None:
    world.known.clear()
    other.give(SCHEME)
    other.give({**SCHEME, "length": 900})
    first, second = Inbound.objects.order_by("id")
    assert choices.rival_of(second) == first
    client = officer("approval")
    assert "900" in page(client, f"/exchange/in/{second.pk}")
    client.post(f"/exchange/in/{second.pk}", {"which": "theirs", "why": "对方电话更正"})
    world.known.add(NUMBER)
    assert inbox.apply_waiting() == 1
    assert world.facts[NUMBER] == (1, 900)
    first.refresh_from_db()
    assert first.state == "refused"


# ---- messages in files


def bundle(other: Other, *bodies: dict[str, Any], **files_: bytes) -> bytes:
    """A signed bundle as the partner's system makes it."""
    listed, held = [], dict(files_)
    for serial, body in enumerate(bodies):
        raw = json.dumps(body, ensure_ascii=False).encode()
        stated, name = other.envelope(KIND, f"f-{serial}"), f"{serial}.json"
        listed.append({
            "sender": stated.sender, "receiver": stated.receiver, "kind": KIND, "number": stated.number,
            "sent_at": stated.sent_at, "signature": signing.sign(other.keys, stated.statement(raw)), "file": name,
        })  # fmt: skip
        held[name] = raw
    return zipped({"messages.json": json.dumps(listed).encode(), **held})


def zipped(held: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_a_bundle_is_taken_in_message_by_message_and_answered_with_receipts(other: Other, world: World) -> None:
    bad = {**SCHEME, "order": "示例3号", "length": "x"}
    raw = bundle(other, SCHEME, {**SCHEME, "order": "示例2号"}, bad)
    client = officer("grid", other.partner.unit)
    answer = client.post("/exchange/toy/terms", {"does": "bring", "file": SimpleUploadedFile("a.zip", raw)})
    shown = answer.content.decode()
    assert (answer.status_code, "没有示例2号" in shown, "长度不是数" in shown) == (200, True, True)
    assert world.facts == {NUMBER: (1, 820)}
    assert set(Inbound.objects.values_list("way", flat=True)) == {"file"}
    ack = client.get("/exchange/toy/receipts")
    with zipfile.ZipFile(io.BytesIO(ack.content)) as archive:
        receipts = json.loads(archive.read("receipts.json"))
    assert sorted(one["receipt"]["result"] for one in receipts) == ["applied", "refused", "waiting"]
    for one in receipts:
        statement = signing.receipt_statement(signing.canonical_body(one["receipt"]))
        assert signing.verified(keys.own().public.hex(), statement, one["signature"])
    files.receive_file(other.partner, raw)
    assert world.applied == 1


def test_our_bundle_goes_out_signed_and_its_receipts_come_back(other: Other) -> None:
    message = written()
    answer = officer("approval").post("/exchange/toy/bundle")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (listed,) = json.loads(archive.read("messages.json"))
        body = archive.read(listed["file"])
    assert body.decode() == message.body
    stated = signing.Envelope(*(listed[name] for name in ("sender", "receiver", "kind", "number", "sent_at")))
    assert signing.verified(keys.own().public.hex(), stated.statement(body), listed["signature"])
    assert Outbound.objects.get().state == "waiting", "taken away is not yet answered"
    receipts = [json.loads(other.receipt(body, TOLD)), json.loads(other.receipt(b"another", TOLD))]
    report = files.receive_file(other.partner, zipped({"receipts.json": json.dumps(receipts).encode()}))
    assert [line.state for line in report.lines] == ["answered", "away"]
    assert Outbound.objects.get().state == "answered"


def test_one_message_may_be_pasted(other: Other, world: World) -> None:
    text = json.dumps(SCHEME, ensure_ascii=False)
    stated = other.envelope(KIND)
    pasted = {
        "sender": stated.sender, "receiver": stated.receiver, "kind": KIND, "number": stated.number,
        "sent_at": stated.sent_at, "body": text, "signature": signing.sign(other.keys, stated.statement(text.encode())),
    }  # fmt: skip
    client = officer("approval")
    sent = {"does": "bring", "pasted": json.dumps(pasted, ensure_ascii=False)}
    assert "已办" in client.post("/exchange/toy/terms", sent).content.decode()
    assert world.applied == 1
    changed = json.dumps({**pasted, "body": text.replace("820", "990")}, ensure_ascii=False)
    assert "签名不对" in client.post("/exchange/toy/terms", {**sent, "pasted": changed}).content.decode()
    assert world.facts == {NUMBER: (1, 820)}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "JSON"),
        (b"hello", "JSON"),
        (b"[1]", "JSON 对象"),
        (b"[]", "没有消息"),
        (b"PK\x03\x04 broken", "压缩包读不出"),
        (zipped({"a.txt": b"x"}), "没有消息"),
        (zipped({"messages.json": b"{"}), "读不出消息清单"),
        (zipped({"receipts.json": b"[1]"}), "读不出回执清单"),
        (zipped({"messages.json": b"[" + b"{}," * 1000 + b"{}]"}), "最多 1000 条"),
        (zipped({"messages.json": b"[]", "big.bin": b"0" * 20_971_521}), "太大"),
    ],
)
def test_files_that_are_none_are_refused_with_the_reason(other: Other, raw: bytes, said: str) -> None:
    with pytest.raises(BadBundle, match=said):
        files.receive_file(other.partner, raw)
    assert not Inbound.objects.exists()


# ---- commands


def test_the_commands_do_what_the_pages_do(other: Other, world: World, tmp_path: Path, capsys: Any) -> None:
    written()
    call_command("exchange", "export", "toy", str(tmp_path / "out.zip"))
    (tmp_path / "in.zip").write_bytes(bundle(other, SCHEME))
    call_command("exchange", "receive", "toy", str(tmp_path / "in.zip"))
    assert (tmp_path / "in-ack.zip").exists()
    assert world.applied == 1
    call_command("exchange", "deliver")
    call_command("exchange", "status")
    call_command("exchange", "keys")
    said = capsys.readouterr().out
    for words in ("applied", "待发 1", keys.own().public.hex()):
        assert words in said
    assert keys.own().private.hex() not in said
    with clock.at(clock.now() + timedelta(hours=25)), pytest.raises(SystemExit):
        call_command("exchange", "status")


def test_a_partner_is_settled_by_command(other: Other) -> None:
    known = {"unit": "toy-grid", "key": keys.generate().public.hex()}
    call_command("exchange", "partner", "second", takes=[KIND], sends=[TOLD], address="", inside=False, **known)
    assert Partner.objects.get(name="second").account.posts.get().key == "grid.sample"
    for wrong, said in (
        ({"unit": "nowhere"}, "没有单位"), ({"key": "xx"}, "公钥"), ({"takes": ["toy.unheard"]}, "没有消息种类"),
    ):  # fmt: skip
        given = {"takes": [KIND], "sends": [], "address": "", "inside": False} | known | wrong
        with pytest.raises(CommandError, match=said):
            call_command("exchange", "partner", "third", **given)
    with pytest.raises(CommandError, match="没有对接方 nobody"):
        call_command("exchange", "receive", "nobody", "/nowhere")
