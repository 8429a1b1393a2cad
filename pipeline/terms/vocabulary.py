"""The one vocabulary of everything that people see: page, Word, PDF, workbook, mail, receipt, terminal, upload site and guide.

Each word stands here once with its meaning and with the words that are not used for it; docs/使用手册.md shows the table. The names of
statuses, supervision flags, changes and findings stand in `words`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Word:
    """A word, what it means wherever it stands, and what is never written in its place."""

    word: str
    meaning: str
    not_said: tuple[str, ...] = ()


VOCABULARY: Final = (
    Word("案件", "群众反映、须书面答复的一件事；记录的单位是案件，不是人", ("信访件",)),
    Word("分解表", "案件包案任务分解表：哪些案件、交给谁、什么时候办结"),
    Word("日报", "旗区每天报送的工作簿；零报告也是日报"),
    Word("报送", "旗区把日报交给办公室，不论用邮件、网页还是共享文件夹", ("上报", "提交")),
    Word("收到", "日报到办公室的那一刻，以它判断按时还是迟报；邮件是到服务器的时刻", ("送达", "到达")),
    Word(
        "按时、迟报、未报",
        "截止时间及以前收到、以后收到、没有收到可以采用的日报；全部退回、退回后改好、迟报（已批准）各算一种，不再算在按时、迟报里",
        ("缺勤", "逾期报送"),
    ),
    Word("全部退回", "日报收到了，里面有内容，但一行也没有采用：那一天的办理不知道，不算按时，也不算迟报"),
    Word("退回后改好", "截止以前报来的全部退回，截止以后报来的才有采用的：不算迟报，也不算按时"),
    Word("原件遗失", "日报收到过，后来原件和记录都没有了，办公室决定不计入：不是旗区未报；找回、或旗区重新报送以后就计入"),
    Word("采用", "一份日报或一行内容算数，改变当天的数字"),
    Word("退回", "没有采用，不改变任何数字；照说明改正以后重新报送", ("拒收", "未采用", "未收", "不予采用", "打回", "驳回")),
    Word("提醒", "照常采用，只是请以后注意", ("警告",)),
    Word("重新报送", "退回的改正以后再报送", ("重报",)),
    Word("再次报送、第几次报送", "同一天的日报改了以后又报一份，以后报的为准；按时与否看第一份"),
    Word("更正", "一天的数字，后来知道不是当时所说的那样；两个数都写出来", ("修正", "订正")),
    Word("版次", "一天的结果第几次写出：第1版、第2版；旗区同一天的日报，也按采用的先后说第几版"),
    Word("化解、化解率", "已化解、有书面答复、没有群众不认可的案件；它占总数的比例，只舍不入"),
    Word("达标、未达标", "化解率到没到目标，按件数比较", ("达到要求", "不达标率")),
    Word("暂计达标、暂计未达标", "补报、改正以后，结论还可能改变"),
    Word("还差", "再化解几件才达标", ("缺口", "差额")),
    Word("撤销", "分解表里填了撤销依据的案件，不计入总数，每天列出", ("注销", "核销")),
    Word("改派", "办公室用新的分解表把案件交给别的旗区；原旗区再报的退回，不算填错", ("转派", "移交给")),
    Word("回执", "给旗区的答复：采用了什么、退回了什么、怎样改"),
    Word("核查提示", "日报里有可能、但不常见的地方，请办公室看一眼：不算问题，不改变任何数字，也不发给旗区"),
    Word("法定期限", "条例规定的受理、提出异议、办结的最后一天，按设置里的条文算；分解表的办结时限是另一回事"),
    Word("督办通知", "给旗区的通知：哪些案件超期、临近到期、停滞、群众不认可、超期未受理或者五个一不全"),
)

FORMS: Final = (
    ("句子里的日期", "5月21日；要写年份的，2020年5月21日"),
    ("表格、文件名里的日期", "2020-05-21"),
    ("时刻", "17:00；连同日期，句子里是5月21日17:00，表格里是 2020-05-21 17:00"),
    ("几节的先后", "结论、目标、请决定的事项、今日变化、各旗区、报送情况、督办、急报和接访、退回的内容、全部案件"),
)
"""How days, moments and sections are written, by what they are."""
