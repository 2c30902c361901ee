"""Who can be signed in as, and the owners that have an account."""

from xianzhi.kernel.demo import DemoAccount, make_account
from xianzhi.kernel.models import Account, Subject, Unit
from xianzhi.law.identifiers import make_credit_code

ACCOUNTS = (
    DemoAccount("review", "示例甲", "县审批局 初审", (("approval.first_review", "approval-bureau"),)),
    DemoAccount("dispatch", "示例乙", "县审批局 派单", (("approval.dispatch", "approval-bureau"),)),
    DemoAccount(
        "energy", "示例丙", "县能源局 工单、设计、计划",
        (("energy.order", "energy-bureau"), ("energy.design", "energy-bureau"), ("energy.plan", "energy-bureau")),
    ),
    DemoAccount(
        "works", "示例丁", "县能源局 工程、结算",
        (("energy.works", "energy-bureau"), ("energy.settle", "energy-bureau")),
    ),
    DemoAccount(
        "grid", "示例戊", "供电公司 方案、认定", (("grid.scheme", "grid-company"), ("grid.joint", "grid-company"))
    ),
    DemoAccount(
        "connect", "示例己", "供电公司 接电、资产", (("grid.connect", "grid-company"), ("grid.assets", "grid-company"))
    ),
    DemoAccount(
        "finance", "示例庚", "县财政局 审核、拨付",
        (("finance.fund", "finance-bureau"), ("finance.close", "finance-bureau")),
    ),
    DemoAccount("hengshui", "示例辛", "横水镇 协调", (("township.coordinate", "township-101"),)),
    DemoAccount("nanfan", "示例壬", "南樊镇 协调", (("township.coordinate", "township-105"),)),
    DemoAccount("office", "示例癸", "县政府办 协调", (("county_office.decide", "county-office"),)),
    DemoAccount("county", "示例子", "县政府 同意计划", (("government.consent", "government"),)),
    DemoAccount("zone", "示例丑", "开发区 查看本区项目", (("zone.coordinate", "zone-committee"),)),
    DemoAccount("designer", "示例寅", "示例设计院 设计", (("designer.design", "sample-design-institute"),)),
    DemoAccount("builder", "示例卯", "示例工程公司 施工", (("builder.build", "sample-builder"),)),
    DemoAccount("reviewer", "示例辰", "示例造价公司 审价", (("price_reviewer.review", "sample-price-reviewer"),)),
    DemoAccount("accountant", "示例巳", "示例会计师事务所 结算审计", (("auditor.audit", "sample-auditor"),)),
    DemoAccount("bakery", "示例午", "业主：示例面包房"),
    DemoAccount("foundry", "示例未", "业主：示例铸件厂"),
    DemoAccount("school", "示例申", "业主：示例职业中学"),
)  # fmt: skip
OWNERS = {"bakery": "示例面包房", "foundry": "示例铸件厂", "school": "示例职业中学"}


def make_owners() -> dict[str, Account]:
    """Gives the owners' accounts their subjects; account by the project's name."""
    found: dict[str, Account] = {}
    for account in ACCOUNTS:
        if name := OWNERS.get(account.username):
            made = make_account(account)
            made.subject = subject(name, len(found) + 1)
            made.save(update_fields=["subject"])
            found[name] = made
    return found


def subject(name: str, serial: int) -> Subject:
    """An invented organisation with a code that can belong to nobody (MAEDEM)."""
    code = make_credit_code(f"91140826MAEDEM{serial:03d}")
    made, _ = Subject.objects.get_or_create(
        code=code, defaults={"kind": Subject.ORGANISATION, "name": name, "phone": f"0359-5550{serial:03d}"}
    )
    return made


def owner_of(served: Subject) -> Account:
    """An account of an owner who answers for himself; it is not among those to sign in with."""
    account, fresh = Account.objects.get_or_create(
        username=f"owner-{served.shown_code[-5:].lower()}", defaults={"name": served.name, "subject": served}
    )
    if fresh:
        account.set_unusable_password()
        account.save(update_fields=["password"])
    return account


def coordinator_of(township: str) -> Account:
    """Whoever coordinates for a township; for most an account that nobody signs in with."""
    unit = Unit.objects.get(division=township, functions__function="township")
    held = unit.posts.filter(function="township", role="coordinate").first()
    if held:
        return held.account
    return make_account(
        DemoAccount(f"t{township[6:9]}", f"示例{unit.short[:1]}", "", (("township.coordinate", unit.code),))
    )
