"""The life of a reading: declarations only."""

from xianzhi.apps.gazette import rules
from xianzhi.law.fields import day, note, whole
from xianzhi.law.procedure import START, Procedure, Step, final, stage, states

POSTS = {"supervision.gazette": "公报签发"}
EDITOR, REVIEWER, SIGNER = "county_office.gazette", "county_office.review", "supervision.gazette"


class Reading(Procedure):
    """公报校核: a published document from the file to its use, and back for a correction."""

    app = "gazette"
    zh = "公报校核"
    numbered = "读〔{year}〕{serial:04d}"

    received, reviewed, confirmed, in_use = states("待校核 待签发 待启用 使用中")
    withdrawn = final("已撤下")
    journey = (
        stage("校核", received), stage("签发", reviewed), stage("启用", confirmed), stage("使用", in_use),
    )  # fmt: skip

    receive = Step(
        "读入", START >> received, by=EDITOR, event="gazette.reading.received", cites=("gazette-1-1", "gazette-1-2"),
        guard=rules.may_receive, asks=(whole("file", "原件"), whole("index", "第几份")),
    )  # fmt: skip
    finish = Step(
        "校核完毕", received >> reviewed, by=REVIEWER, event="gazette.reading.reviewed", cites="gazette-2-1",
        guard=rules.may_finish, within="gazette.review", help="存疑各项都处理后，交另一人签发",
    )  # fmt: skip
    send_back = Step(
        "退回校核", reviewed >> received, by=SIGNER, event="gazette.reading.sent_back", cites="gazette-2-2", aside=True,
        asks=(note("reason", "原因", most=200),),
    )  # fmt: skip
    confirm = Step(
        "签发", reviewed >> confirmed, by=SIGNER, not_by="finish", event="gazette.reading.confirmed",
        cites=("gazette-2-2", "gazette-2-3"), guard=rules.may_confirm, within="gazette.confirm", grave=True,
        help="签发后文本封存，摘要记入账本",
    )  # fmt: skip
    publish = Step(
        "启用", confirmed >> in_use, by=SIGNER, event="gazette.reading.published", cites="gazette-3-1",
        guard=rules.may_publish,
        asks=(day("published_on", "发布日期", help="网站公布的日期；不知道就留空").optional,),
        help="文本公开，任务交给所写单位",
    )  # fmt: skip
    correct = Step(
        "更正", in_use >> received, by=REVIEWER, event="gazette.reading.corrected", cites="gazette-3-2", aside=True,
        asks=(note("reason", "原因", most=200),), help="发现读错时用；重新校核、签发后成为新的版本",
    )  # fmt: skip
    withdraw = Step(
        "撤下", received | reviewed >> withdrawn, by=EDITOR, event="gazette.reading.withdrawn", cites="gazette-1-2",
        aside=True, asks=(note("reason", "原因", most=200),), help="读错文件或同一文号有两份时用；原件留存",
    )  # fmt: skip
