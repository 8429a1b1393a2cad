"""The settings of the mailboxes: the example that config.yaml shows is one, and what is wrong is said with its line.

Covers `accounts` and `mailboxes`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from offices import CONFIG, HOME

from pipeline.publishing import inputs
from pipeline.settings import config
from pipeline.settings.mailboxes import Mailbox
from pipeline.terms.errors import ConfigurationError

WRITTEN = CONFIG.read_text(encoding="utf-8")
SHOWN = WRITTEN[WRITTEN.index("# mailboxes:") :]
GUIDE = (HOME / "docs" / "使用手册.md").read_text(encoding="utf-8")
EXAMPLE = re.sub(r"^# ", "", SHOWN, flags=re.MULTILINE)


def _load(tmp_path: Path, written: str) -> config.Settings:
    (tmp_path / "config.yaml").write_text(re.sub(r"^mailboxes: \[\].*$", "", WRITTEN, flags=re.MULTILINE) + written, encoding="utf-8")
    return config.load(tmp_path / "config.yaml")


def test_the_example_is_a_mailbox_once_its_marks_are_taken_off(tmp_path: Path) -> None:
    (mailbox,) = _load(tmp_path, EXAMPLE).mailboxes
    assert (mailbox.host, mailbox.user, mailbox.password_env) == ("imap.example.com", "ribao@example.com", "XINFANG_MAIL_PASSWORD")
    defaults = Mailbox(host="h", user="u", password_env="P", authserv_id="a")  # noqa: S106 - a name
    shown = {"port", "folders", "when_done", "check_sender", "since", "message_megabytes", "seconds"}
    assert {name: getattr(mailbox, name) for name in shown} == {name: getattr(defaults, name) for name in shown}


def test_every_key_of_a_mailbox_stands_in_the_example_and_in_the_guide_with_an_explanation() -> None:
    keys = set(Mailbox.model_fields) - {"password"}
    explained = set(re.findall(r"^#   [- ] (?:# )?([a-z_]+): \S.*#.*[\u4e00-\u9fff]", SHOWN, re.MULTILINE))
    assert explained == keys
    assert {key for key in keys if f"| `{key}` |" in GUIDE} == keys


def test_what_is_never_written_there_has_no_place_in_the_program(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _load(tmp_path, EXAMPLE.replace("password_env: XINFANG_MAIL_PASSWORD", "password: hunter2"))
    assert "密码不能写在设置文件里" in str(caught.value)
    assert "hunter2" not in str(caught.value)


WRONG = (
    ("host: imap.example.com", "hosts: imap.example.com", r"mailboxes\.0\.hosts?：(没有这个设置项|缺少这一项)"),
    ("    password_env: XINFANG_MAIL_PASSWORD", "    x: 1", "没有这个设置项"),
    ("    # password_file", "    password_file", "要写一个，也只写一个"),
    ("port: 993 ", "port: '993' ", "应为整数"),
    ("port: 993 ", "port: 70000 ", "数值太大"),
    ("when_done: flag ", "when_done: delete ", "只能是 flag"),
    ("when_done: flag ", "when_done: move ", "要写 done_folder"),
    ("    # done_folder", "    done_folder", "要写 done_folder，不是时不写"),
    ("authserv_id: mx.example.com", "authserv_id: null", "要写 authserv_id"),
    ("since: null", "since: 昨天", "应写成 2020-05-21"),
    ("since: null", "since: '2020-05-21'", "应写成 2020-05-21"),
    ("folders: [INBOX]", "folders: []", "至少要有一项"),
    ("folders: [INBOX]", 'folders: ["a\\r\\nb"]', "不能有换行"),
    ("user: ribao@example.com", 'user: "a\\r\\nA1 LOGOUT"', "不能有换行"),
    ("check_sender: true", "check_sender: maybe", "true 或 false"),
)


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG, ids=[new.strip() for _old, new, _said in WRONG])
def test_a_wrong_setting_is_said_in_chinese_with_its_line(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert EXAMPLE.count(old) == 1
    with pytest.raises(ConfigurationError) as caught:
        _load(tmp_path, EXAMPLE.replace(old, new))
    assert re.search(rf"第 \d+ 行，mailboxes\.0.*{sentence}", str(caught.value), re.DOTALL)


def test_a_mailbox_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    entry = EXAMPLE.partition("\n")[2]
    with pytest.raises(ConfigurationError, match=r"mailboxes\.1：邮箱 ribao@example\.com 写了两次"):
        _load(tmp_path, EXAMPLE + entry)


def test_a_folder_is_not_both_fetched_and_moved_to(tmp_path: Path) -> None:
    moving = EXAMPLE.replace("when_done: flag", "when_done: move").replace("# done_folder: 已收日报", "done_folder: INBOX")
    with pytest.raises(ConfigurationError, match="不能也在 folders 里"):
        _load(tmp_path, moving)


def test_files_are_found_from_the_settings_own_folder(tmp_path: Path) -> None:
    changed = EXAMPLE.replace("    password_env: XINFANG_MAIL_PASSWORD", "").replace("# password_file", "password_file")
    (mailbox,) = _load(tmp_path, changed.replace("# ca_file", "ca_file")).mailboxes
    assert (mailbox.password_file, mailbox.ca_file) == (tmp_path.resolve() / "mail-password.txt", tmp_path.resolve() / "ca.pem")


def test_the_password_comes_from_its_file_or_the_environment_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p").write_text("\ufeff 口令 \r\n", encoding="utf-8")
    by_file = Mailbox(host="h", user="u", password_file=Path("p"), authserv_id="a").placed(tmp_path)
    assert by_file.secret() == " 口令 "
    by_environment = Mailbox(host="h", user="u", password_env="XINFANG_TEST", authserv_id="a")  # noqa: S106 - a name
    assert by_environment.secret() is None
    monkeypatch.setenv("XINFANG_TEST", "x")
    assert by_environment.secret() == "x"


def test_a_mailbox_changes_no_published_day(tmp_path: Path) -> None:
    before = config.load(CONFIG)
    after = _load(tmp_path, EXAMPLE)
    assert inputs.digest_of_rules(before, "") == inputs.digest_of_rules(after, "")
