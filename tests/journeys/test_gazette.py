"""A notice from the file to its use: read in, reviewed by keyboard alone, signed by another, open to everybody."""

from datetime import date

import pytest
from playwright.sync_api import expect
from tests.journeys.desk import Office

pytestmark = pytest.mark.browser
NOTICE = """绛县人民政府办公室
关于开展示例检查的通知
绛示发〔2025〕77号
各乡镇人民政府，县直各有关单位：
现将示例检查有关事项通知如下。
一、检查
县水务局要在2025年6月10日前完成示例检查。
二、宣传
做好示例检查的宣传，及时公布结果。
绛县人民政府办公室
2025年3月2日
（此件公开发布）
"""


def test_a_notice_is_read_reviewed_by_keyboard_and_put_to_use(office: Office) -> None:
    office.on(date(2025, 3, 3))
    editor = office.sits("gazette").open("/gazette/")
    sent = {"name": "示例检查.txt", "mimeType": "text/plain", "buffer": NOTICE.encode()}
    editor.page.locator("input[type=file]").set_input_files(sent)
    editor.press("读入")
    editor.says("读出 1 份文件", "相符")

    review = office.sits("gazette2").open("/gazette/").follow("绛县人民政府办公室关于开展示例检查的通知")
    page = review.page
    doubts = page.locator(".finding[data-open]")
    expect(doubts).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(doubts).to_have_count(1)
    page.keyboard.press("x")
    page.keyboard.type("不是任务")
    page.keyboard.press("Enter")
    expect(doubts).to_have_count(0)
    expect(page.locator("#left")).to_have_text("0")
    review.follow("校核完毕").press("校核完毕")

    signer = office.sits("gazette3").open("/gazette/").follow("绛县人民政府办公室关于开展示例检查的通知")
    signer.says("校核人判定的", "不是任务").follow("签发")
    signer.page.get_by_role("checkbox").last.check()
    signer.press("签发")
    signer.open("/gazette/").follow("绛示发〔2025〕77号").follow("启用").press("启用")
    signer.open("/gazette/").follow("绛示发〔2025〕77号").follow("看公开的正文")
    address = signer.page.url

    visitor = office.desk().open(address)
    visitor.says("县水务局要在2025年6月10日前完成示例检查", "施行中", "首次读入")
    visitor.open("/law/in-force?on=2025-03-01").says("尚未施行")
