"""The settings with their meanings and no secret; editions and restated days. Of none of it a district sees anything.

Covers `settings_pages`, `renewed`, and `meanings` of what is only an example in config.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import provinces
import pytest
from websites import Website, served
from workbooks import DAY, assignment, progress_row, report, resolved_row

from pipeline.intake import district_names
from pipeline.night import nightly
from pipeline.render.documents import FIGURES
from pipeline.settings import meanings
from pipeline.settings.config import load
from pipeline.settings.mailboxes import Mailbox
from pipeline.settings.outgoing import Outgoing
from pipeline.settings.places import LedgerServer
from pipeline.settings.uploading import Uploading
from pipeline.web import settings_pages

if TYPE_CHECKING:
    from offices import Office


@pytest.fixture
def site(office: Office) -> Iterator[Website]:
    mail = Outgoing(host="smtp.example.com", sender="ribao@example.com", user="ribao", password_env="GEHEIM_ENV")  # noqa: S106 - a name
    server = LedgerServer(url="postgresql+psycopg://ribao@db.example.com/ribao", password_env="GEHEIM_ENV")  # noqa: S106 - shown, not asked
    office.settings = office.settings.model_copy(update={"outgoing_mail": mail, "ledger": server})
    office.put_assignment(assignment())
    office.put(report(progress=[]), "东胜区.xlsx")
    nightly.run(office.settings, [DAY - timedelta(days=1), DAY], documents=FIGURES)
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "更正.xlsx", "2020-05-22T08:00:00+08:00")
    nightly.run(office.settings, [DAY], documents=FIGURES)
    with served(office, "2020-05-22 09:00") as website:
        website.user("甲", "东胜区")
        website.user("办公室", "", "")
        yield website


def test_the_office_reads_every_setting_with_its_meaning_and_no_secret(site: Website) -> None:
    page = site.signed_in("办公室").get("/settings").text
    rows = dict(re.findall(r'<code>([^<]+)</code></th><td data-label="现在是">([^<]*)</td>', page))
    assert rows["calendar.cut_off"] == "17:00"
    assert rows["paths.inbox"] == "inbox"
    assert rows["groups"] == "自治区交办（100%）、市级交办和旗区自行梳理（90%）"
    assert rows["outgoing_mail.sender"] == "ribao@example.com"
    assert rows["outgoing_mail.leaders_after_look"] == "false"
    assert (rows["outgoing_mail.night_by"], rows["outgoing_mail.office"]) == ("02:00", "没有")
    assert rows["outgoing_mail.password_env"] == rows["ledger.password_env"] == "已设置"
    assert (rows["ledger.url"], rows["archive"]) == ("postgresql+psycopg://ribao@db.example.com/ribao", "不填")
    assert rows["engine"] == "local", "as it is written in the file"
    assert "GEHEIM_ENV" not in page
    assert "当日报送截止时间，正好这一刻也算按时" in page
    assert "发件地址" in page
    assert str(site.office.home) not in page
    assert "现在读不了" not in page


def test_settings_that_no_longer_read_are_on_the_desk_and_beside_the_settings_with_their_line(site: Website) -> None:
    browser, config = site.signed_in("办公室"), site.office.home / "config.yaml"
    sound = config.read_text(encoding="utf-8")
    line = next(number for number, written in enumerate(sound.splitlines(), 1) if written.strip().startswith("due_soon_days:"))
    config.write_text(re.sub(r"due_soon_days: \d+", "due_soon_days: x", sound, count=1), encoding="utf-8")
    for path in ("/today", "/board", "/settings"):
        page = browser.get(path).text
        assert "服务器上的 config.yaml 现在读不了" in page
        assert f"<p>设置文件 办公室文件夹/config.yaml 第 {line} 行，windows.due_soon_days：应为整数</p>" in page
        assert str(site.office.home) not in page
    config.write_text(sound, encoding="utf-8")
    assert "现在读不了" not in browser.get("/today").text


def test_rules_that_were_changed_since_the_server_began_hold_and_other_settings_are_said_to_need_a_new_start(site: Website) -> None:
    browser, config = site.signed_in("办公室"), site.office.home / "config.yaml"
    site.office.settings = load(config)
    began = config.read_text(encoding="utf-8")
    with served(site.office, "2020-05-22 09:00") as website:
        browser = website.signed_in("办公室")
        config.write_text(re.sub(r"due_soon_days: \d+", "due_soon_days: 9", began, count=1), encoding="utf-8")
        assert "改过" not in browser.get("/today").text
        shown = dict(re.findall(r'<code>([^<]+)</code></th><td data-label="现在是">([^<]*)</td>', browser.get("/settings").text))
        assert shown["windows.due_soon_days"] == "9"
        config.write_text(re.sub(r"weekly: \S+", "weekly: 周三", began, count=1), encoding="utf-8")
        for path in ("/today", f"/board/{DAY}", "/settings", "/letters"):
            page = browser.get(path).text
            assert "config.yaml 在网页打开以后改过" in page
            assert "<p>改了 period。这几项网页还按打开时的" in page
        assert "改过" not in website.signed_in("甲").get("/").text
        config.write_text(began, encoding="utf-8")
        assert "改过" not in browser.get("/today").text


def test_former_names_of_districts_and_units_are_no_change_of_the_file(tmp_path: Path) -> None:
    office = provinces.lay(tmp_path)
    office.run(provinces.SECOND)
    written = provinces.written().replace("name: 甲一区", "name: 新甲一区").replace("乙市", "新乙市")
    (tmp_path / "config.yaml").write_text(written, encoding="utf-8")
    settings = district_names.known(load(tmp_path / "config.yaml"))
    assert settings.districts[0].aliases == ("甲一区",)
    assert settings.tree.named("乙市") == "新乙市"
    assert settings_pages.changed(settings) == []
    (tmp_path / "config.yaml").write_text(written.replace("name: 新乙市", "aliases: [乙], name: 新乙市"), encoding="utf-8")
    assert settings_pages.changed(settings) == ["units"]


def test_what_was_changed_since_the_edition_before_is_there(site: Website) -> None:
    page = site.signed_in("办公室").get("/editions").text
    assert "2 版" in page
    assert page.index("结果第 2 版") < page.index("结果第 1 版")
    assert "SJ-2020-001" in page
    assert f'<h2 id="d{DAY}">' in page, "the desk leads there"
    since = page.partition("比 5月20日变了什么")[2].partition("</ul>")[0]
    assert "市级交办和旗区自行梳理：0/2（0.0%，暂计未达标） → 1/2（50.0%，暂计未达标）" in since
    assert '新计入化解 1 件：<a href="/explain?what=SJ-2020-001">SJ-2020-001</a>' in since
    # Between two runs 2/2 was known for two hours: nobody has read it.
    site.office.put(report("达拉特旗", progress=[resolved_row("SJ-2020-002")]), "补报.xlsx", "2020-05-22T11:00:00+08:00")
    site.office.put(report(progress=[progress_row("SJ-2020-001")]), "再更正.xlsx", "2020-05-22T13:00:00+08:00")
    nightly.run(site.office.settings, [DAY, DAY + timedelta(days=1)], documents=FIGURES)
    told = site.signed_in("办公室").get("/editions").text.partition("这一天告知的更正")[2].partition("</ul>")[0]
    assert "市级交办和旗区自行梳理5月21日由0/2改为1/2" in told
    assert "2/2 → 1/2（2/2没有发布过：第1版写的是0/2；第2、3版写的是1/2）" in told


@pytest.mark.parametrize("path", ["/settings", "/editions"])
def test_no_district_sees_any_of_it(site: Website, path: str) -> None:
    clerk = site.signed_in("甲")
    assert clerk.get(path).body == clerk.get("/nope").body
    assert site.browser().get(path).where == "/signin"


@pytest.mark.parametrize(
    ("section", "model"), [("outgoing_mail", Outgoing), ("upload", Uploading), ("mailboxes", Mailbox), ("ledger", LedgerServer)]
)
def test_every_key_that_is_only_an_example_has_its_meaning(
    section: str, model: type[Outgoing | Uploading | Mailbox | LedgerServer]
) -> None:
    assert [name for name in model.model_fields if f"{section}.{name}" not in meanings.of_examples()] in ([], ["password"])
