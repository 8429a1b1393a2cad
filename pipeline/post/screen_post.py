"""What the terminal shows of letters: what is due, and what became of each."""

from __future__ import annotations

from pipeline.post.sending import Sent
from pipeline.post.smtp import Fate, is_too_large
from pipeline.screen import say


def tell_planned(sent: Sent) -> None:
    """What would be sent, letter by letter, and nothing else."""
    say(f"现在该发的信：{len(sent.planned)} 封（没有发出）")
    for number, letter in enumerate(sent.planned, 1):
        say(f"{number}. 收件人 {letter.recipient}  {letter.subject}")
        for line in letter.text.splitlines():
            say(f"     {line}")
    _tell_unsettled(sent)


def tell_sent(sent: Sent) -> None:
    """What became of every letter."""
    taken = sum(answer.fate is Fate.TAKEN for _letter, answer in sent.done)
    say(f"发信：发出 {taken} 封" if sent.planned else "没有该发的信。")
    for letter, answer in sent.done:
        if answer.fate in _FATES:
            say(f"  {_FATES[answer.fate]} {letter.recipient}  {letter.subject}{'' if answer.fate is Fate.TAKEN else f'（{answer.said}）'}")
    if sent.not_tried:
        say(f"  还有 {len(sent.not_tried)} 封没有发，下次再发。{sent.why}")
    _tell_unsettled(sent)


def _tell_unsettled(sent: Sent) -> None:
    for row in sent.unknown:
        say(f"  下落不明 {row.recipient}  {row.subject}：交给服务器时断了，对方可能收到，也可能没有，没有自动重发。")
    if sent.unknown:
        say("  请问一下对方：没有收到的，运行 python run.py send --unknown again 重发；收到了的，运行 python run.py send --unknown done。")
        say("  只说其中一个收件人的，后面加上 --to 和他的地址。")
    for row in sent.refused:
        what_to_do = _TOO_LARGE if is_too_large(row.said) else "请检查地址，改了地址会再发"
        say(f"  被拒收 {row.recipient}  {row.subject}（{row.said}）：没有送到。{what_to_do}；内容有变化时也会再发。")
    for district in sent.without_address:
        say(f"  {district} 没有收件地址，没有发。请在 outgoing_mail 的 districts 里填写。")


_FATES = {Fate.TAKEN: "已发出", Fate.PUT_OFF: "暂未发出"}
"""The others are told as what is not settled."""
_TOO_LARGE = "信太大，对方的服务器不收，地址没有错。请把 outbox 里的文件另外交给对方"
