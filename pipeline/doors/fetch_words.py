"""What fetching says, in one place: a line for a message, and the sums at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.terms.mails import NOTICE_ANSWER
from pipeline.terms.messages import CATALOGUE, shorten
from pipeline.terms.words import moment

NOTICE_ANSWERS = {
    "unreadable/word": ("notice-answer/word", "（Word 文档）"),
    "unreadable/pdf": ("notice-answer/pdf", "（PDF）"),
    "unreadable/picture": ("notice-answer/picture", "（照片或图片）"),
}
"""How what answers a notice is called and described instead, by what else it would be."""
NO_FILE = ("notice-answer", "")
"""The same of a message without a file, and of any other file."""
WHY = {
    **{why: f"{NOTICE_ANSWER}{kind}，不是日报，没有收；请在邮箱里查看" for why, kind in (*NOTICE_ANSWERS.values(), NO_FILE)},
    "other": "不是工作簿",
    "bounce": "是退信，里面是发出去的邮件",
    "too-large": "邮件有 {size} MB，超过 {limit} MB，没有下载；请旗区把附件压缩到 {limit} MB 以内重发",
    "parts": "邮件分成的部分太多或套得太深，没有打开；请旗区直接发工作簿",
    "unparsable": "邮件拆不开（太慢、太占内存或已损坏），没有读取；请旗区重新发",
    "partial": "邮件不完整，或只有一部分；请旗区重新发",
    "enveloped": "邮件整封加了密或签了名封装，读不了；请旗区不加密重发",
    "tnef": "是 Outlook 专用的格式，里面的附件读不了；请旗区在 Outlook 里把格式改为“纯文本”或“HTML”后重发",
    "outlook": "是 Outlook 存成的邮件（.msg），读不了；请旗区直接发工作簿",
    "archive": "这种压缩包不打开；请旗区解压，直接发里面的工作簿",
    "nested": "压缩包里又有压缩包或邮件，没有打开；请旗区直接发工作簿",
    "zip-encrypted": "压缩包加了密码，打不开；请旗区取消密码重发",
    "zip-damaged": "压缩包已损坏；请旗区重新发",
    "zip-limit": "压缩包里的文件太多、太大或压缩得不正常，没有打开；请旗区直接发工作簿",
    "no-date": "服务器没有说邮件是什么时候到的，没有收；请在邮箱里查看",
}
"""How a message or an attachment is described that was not taken."""
SENDERS = {
    "header": "信头写法不正常",
    "from": "发件人不是一个地址，或写法不清楚",
    "from-many": "有几个发件人",
    "no-verdict": "本单位的邮件服务器没有给出核实结果",
    "not-aligned": "本单位的邮件服务器没有证实这个发件人",
}
"""Why a sender does not count."""
LEFT = "邮件留在原处，已加星标"
_WILL_GO_BACK = {
    "unproven": "；发件人没有核实，汇总时会退回，请与旗区联系",
    "unlisted": "；发件人不在任何旗区的名单里，汇总时会退回，请与旗区联系",
    "": "",
}
"""What is said of files that the night's run will send back for their sender."""
NONE = (
    "还没有设置邮箱，没有可收的邮件。要收邮件，请在 config.yaml 的 mailboxes 里写上邮箱（那里有例子）；"
    "不收邮件的，把日报直接放进收件箱即可。"
)
_MOST_NAMES = 8


def reason(why: str, **numbers: object) -> str:
    """Return the sentence of that name."""
    if why in CATALOGUE:  # what the file would be told in the inbox
        return CATALOGUE[why].removesuffix("。")
    return WHY.get(why, WHY["unparsable"]).format_map({"size": "", "limit": "", **numbers})


def for_sender(why: str, **numbers: object) -> str:
    """Return the sentence of that name as it is written to whoever sent the message."""
    return _FOR_SENDERS.get(why) or reason(why, **numbers).replace("请旗区", "请")


_ANSWERED_IN = (
    "，不是日报，程序不读，不算回复过；请在日报的“督办回复”表里逐件填写办理措施和完成时限，盖章的回执送督办单位，不要发到收日报的邮箱"
)
_FOR_SENDERS = {
    **{why: f"{NOTICE_ANSWER}{kind}{_ANSWERED_IN}" for why, kind in (*NOTICE_ANSWERS.values(), NO_FILE)},
    "other": "不是工作簿，没有收；请发 Excel 工作簿（.xlsx）",
}


def of_message(taken: Sequence[str], passed: Sequence[tuple[str, str]], left: Sequence[tuple[str, str]], *, again: int = 0) -> str:
    """Return what became of a message's attachments: those taken, those certainly no report, and those left unopened.

    `again`: how many had come in before with the same message.
    """
    parts = []
    if taken:
        parts.append(f"收下 {_listed(taken)}")
    if again:
        parts.append(f"{again} 个附件以前收过，没有再收")
    if left:
        parts += [f"没有收：{_named(name, reason(why))}" for name, why in left[:_MOST_NAMES]]
        parts.append(LEFT if len(left) <= _MOST_NAMES else f"还有 {len(left) - _MOST_NAMES} 个没有收，{LEFT}")
    if passed:
        parts.append("、".join(_named(name, reason(why)) for name, why in passed[:_MOST_NAMES]))
    return "；".join(parts) if taken or again or left else "；".join(["没有可收的附件", *parts])


def _named(name: str, sentence: str) -> str:
    return f"{shorten(name)} {sentence}" if name else f"附件{sentence}" if sentence.startswith("是 ") else sentence


def _listed(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > _MOST_NAMES else ""
    return "、".join(map(shorten, names[:_MOST_NAMES])) + more


def of_sender(address: str | None, claimed: str, why: str) -> str:
    """Return whom a message is from, or why that is not known."""
    if address:
        return shorten(address)
    who = f"自称 {shorten(claimed)}" if claimed else "发件人不明"
    return f"{who}（{SENDERS.get(why, SENDERS['from'])}）"


def line(when: datetime | None, who: str, what: str, *, sender: str = "") -> str:
    """Return the line about one message; `sender`: unproven or unlisted, where the night's run will send its files back for that."""
    at = moment(when) if when else "时间不明"
    return f"  {at} {who}：{what}{_WILL_GO_BACK[sender]}。"


def sums(messages: int, files: int, others: tuple[int, int, int]) -> str:
    """Return the last line of a fetch. `others`: how many messages had no report, were not wholly taken, and had come in before."""
    empty, left, repeated = others
    again = f"{repeated} 封以前收过，没有再收。" if repeated else ""
    if not messages:
        return f"没有新邮件。{again}"
    parts = [f"收下 {files} 个文件"]
    parts += [f"{empty} 封没有可收的附件"] if empty else []
    parts += [f"{left} 封没有收全"] if left else []
    return f"看了 {messages} 封新邮件：{'，'.join(parts)}。{again}"


def still_left(user: str, folder: str, count: int) -> str:
    """Return the reminder that messages of earlier fetches still wait for a person."""
    return f"邮箱 {user} 的“{folder}”里还有 {count} 封以前没有收全的邮件（带星标）。请打开看一看；处理好的请移走或删去，就不再提醒。"
