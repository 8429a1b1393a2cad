"""Every sentence about a finding, in one place: what was found, and what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from pipeline.terms.contract import SEVERITIES, Severity
from pipeline.terms.findings import Finding
from pipeline.terms.month_day import MonthDay
from pipeline.terms.text import as_text, clean, mask, masked_cell

_LONGEST_VALUE = 60
_LONGEST_DETAIL = 2_000
"""Whatever else a sentence quotes: what is listed is listed with an end (`listed`), so that only a long sheet name comes near."""
_MOST_NAMES = 20

CATALOGUE: Final = {
    "unreadable/empty": "文件是空的（0 字节）。请重新保存后再报送。",
    "unreadable/damaged": "文件打不开，可能已损坏或没有传完整。请用 Excel 或 WPS 打开检查，另存为 .xlsx 后重新报送。",
    "unreadable/unproved": "不能确认这个 .xls 或 .et 文件是完整的，可能已损坏或没有传完整，没有采用。请用 Excel 或 WPS 打开检查，另存为 .xlsx 后重新报送。",
    "unreadable/format": "这不是能读的工作簿（能读 .xlsx、.xls、.et、.xlsb、.ods）。请用 Excel 或 WPS 打开，选“另存为 → Excel 工作簿（*.xlsx）”后重新报送；只有在单位电脑上才打得开的，是被文件加密软件加了密，请先解密。",
    "unreadable/endpoint": "文件被电脑上的文件加密软件（企业透明加密）加了密，离开那台电脑就打不开，没有读取。请用该软件的“解密”或“外发”功能导出不加密的 .xlsx（通常要找本单位信息管理员），再重新报送。",
    "unreadable/picture": "这是照片或图片，不是工作簿，程序读不了图片里的字。请把内容填进模板，报送那个 .xlsx 文件本身，不要拍照或截图。",
    "unreadable/pdf": "这是 PDF（或 OFD）文件，不是工作簿，没有读取。请报送填写用的那个 .xlsx 文件本身，不要转成 PDF。",
    "unreadable/word": "这是 Word（文字）文档，不是工作簿，没有读取。请把内容填进模板，报送那个 .xlsx 文件；是督办通知的回执的，请填在日报的“督办回复”表里，盖章的送督办单位。",
    "unreadable/slides": "这是演示文稿（PPT），不是工作簿，没有读取。请把内容填进模板，报送那个 .xlsx 文件。",
    "unreadable/numbers": "这是苹果的 Numbers、Pages 或 Keynote 文件，没有读取。是表格的，请在 Numbers 里选“导出为 → Excel”，报送得到的 .xlsx 文件。",
    "unreadable/web-page": "这是网页（HTML）文件，不是工作簿，改名成 .xls 或 .xlsx 也不行。请用 Excel 或 WPS 打开，选“另存为 → Excel 工作簿（*.xlsx）”后重新报送；如果是网站的登录页或下载页，请重新下载原来的文件。",
    "unreadable/excel-xml": "这是 XML 表格（Excel 2003 的 XML 格式），没有读取。请用 Excel 或 WPS 打开，选“另存为 → Excel 工作簿（*.xlsx）”后重新报送。",
    "unreadable/text": "这是文本文件（CSV、TXT 之类），不是工作簿，装不下模板里的几张工作表。请把内容填进模板，报送那个 .xlsx 文件。",
    "unreadable/mail": "这是一封邮件，不是工作簿，没有读取。请打开邮件，把里面的附件另存出来，报送那个 .xlsx 文件。",
    "unreadable/shortcut": "这是快捷方式，不是文件本身，里面没有内容。请找到原来的 .xlsx 文件，报送那个文件。",
    "encrypted": "文件设了打开密码，读不了。请在 Excel 或 WPS 里取消密码，另存为 .xlsx 后重新报送。",
    "encrypted/default": "文件没有打开密码，但设了“保护工作簿”（结构保护），Excel 因此用默认密码把整个文件加了密，读不了。请在 Excel 里打开，在“审阅”里再点一次“保护工作簿”把它取消（WPS 也在“审阅”里），另存为 .xlsx 后重新报送。",
    "encrypted/rights": "文件设了“限制访问”（权限管理），只有获得授权的人能打开，读不了。请在 Excel 里选“文件 → 信息 → 保护工作簿 → 限制访问 → 无限制访问”，另存为 .xlsx 后重新报送。",
    "macro-workbook": "工作簿里带有宏，不能接收。请另存为不带宏的 .xlsx 后重新报送。",
    "unreadable/packed": "这是压缩包，不是工作簿，没有打开。请先解压，再报送里面的工作簿。",
    "unreadable/ours": "程序读这个文件时出错了，是程序的问题，原件已保存。请通知办公室联系维护人员；急用时可把内容复制到新的日报模板里重新报送。",
    "unreadable/attempts": "程序每次读这个文件都被迫中断，已搁置，原件已保存。请把内容复制到新的日报模板里重新报送，并请办公室把原件发给维护人员。",
    "unreadable/original": "这份文件收下时完好，后来存档里的原件（archive/{value}…）损坏或丢失，内容没有计入。请用当时的文件原样重新报送；办公室从备份把原件放回存档，下次运行也会重新计入。",
    "too-large/bytes": "文件超过 {limit} MB，不能接收。请删去图片和无关的工作表后重新报送。",
    "too-large/unpacked": "文件解压后超过 {limit} MB，不能接收。请把内容复制到新的日报模板里重新报送。",
    "too-large/inside": "文件看着不大，打开后要占用的内存或时间却大得不正常（压缩率异常、内容成倍重复，或内部的部件、标记太多），没有读取。请新建一份日报模板，把内容复制进去后重新报送。",
    "too-large/reader": "文件读不完（超过 {limit} 秒，或占用内存过多）。常见原因是很远的地方有多余的单元格：按 Ctrl+End 跳到那里，删去后保存重新报送；不行的，把内容复制到新的日报模板里。",
    "too-large/cells": "文件的单元格超过 {limit} 个，不能接收。常见原因是很远的地方有一个多余的单元格：按 Ctrl+End 跳到那里，删去多余的行和列，保存后重新报送。",
    "not-the-template/sheet": "找不到工作表“{name}”。请使用日报模板，不要删除或改名工作表。",
    "not-the-template/slip": "这是对督办通知的回复（表格），不是日报，程序不读，不算回复过。请在日报模板的“督办回复”表里逐件填写办理措施和完成时限，随日报报送；盖章的回执送督办单位，不要当日报报送。",
    "not-the-template/twice": "有几张工作表都像“{name}”（{sheets}），不知道该读哪一张。请只保留一张，名称写作“{name}”。",
    "not-the-template/header": "工作表“{name}”里找不到表头。表头应有：{columns}。请使用模板，不要删改表头。",
    "not-the-template/column": "工作表“{name}”缺少必填列：{columns}。请按模板补上这些列的表头。",
    "not-the-template/another": "“{name}”表第 {line} 行又是一行表头，与最上面的表头不同，它下面的这一行看不出各格是什么，不能采用。一张工作表里只能有一张表：请照最上面的表头填，或填到对应的工作表里。",
    "not-the-template/cases": "分解表里没有一行可用的案件，本文件不采用，沿用上一份分解表。请按问题清单改正后重新放入。",
    "unknown-district/empty": "封面没有填“旗区”。请在“旗区”右边的单元格填写旗区全称，例如：{example}。",
    "unknown-district/uncached": "封面的“旗区”是公式，文件里没有保存它的计算结果，读不到内容。请用 Excel 或 WPS 打开、保存后重新报送，或直接填写旗区全称，例如：{example}。",
    "unknown-district/other": "封面的旗区“{value}”不在旗区名单里。{alike}请填写：{names}。",
    "unknown-district/above": "封面的旗区写的是“{value}”，{district}前面的字不是它上面单位现在的名称。请只填写旗区全称：{district}。",
    "unknown-district/several": "封面的旗区“{value}”有几个：{names}。请写全称。",
    "unknown-district/elsewhere": "封面的旗区写的是“{value}”，而{district}不在{unit}。请核对，填写旗区全称。",
    "bad-report-date/empty": "封面没有填“报告日期”。请在“报告日期”右边的单元格填写，例如：{example}。",
    "bad-report-date/uncached": "封面的“报告日期”是公式，文件里没有保存它的计算结果，读不到日期。请用 Excel 或 WPS 打开、保存后重新报送，或直接填写日期，例如：{example}。",
    "bad-report-date/unread": "封面的报告日期“{value}”看不懂。请写成这样：{example}。",
    "bad-report-date/future": "封面的报告日期“{value}”晚于收到文件的日期（{arrival}）。请改成当天的日期。",
    "bad-report-date/old": "封面的报告日期“{value}”比收到文件的日期（{arrival}）早了超过 {days} 天。请核对年份和月份。",
    "sender-not-allowed": "发件人不在“{district}”的报送名单里，本文件没有采用。请用登记过的邮箱报送，或请办公室把该邮箱加入名单。",
    "sender-not-allowed/another": "发件人登记的是{own}，封面写的旗区却是“{district}”，本文件没有采用。是{own}的日报，请把封面的旗区改为“{own}”后重新报送；是{district}的日报，请由{district}报送。",
    "sender-not-allowed/unverified": "这封邮件的发件人没有得到本单位邮件服务器的证实（信头写的地址谁都可以填），不能确认是“{district}”登记过的邮箱，本文件没有采用。请用登记过的邮箱直接发送（不要转发或由别的邮箱代发），或在报送网页上传；还是这样的，请办公室与旗区核实，并检查邮箱的设置。",
    "personal-column": "工作表“{sheet}”有“{value}”列，属于个人信息，整个文件不能接收。请删除这一列后重新报送。",
    "personal-column/ignored": "“{value}”列属于个人信息，已跳过不读。请从分解表中删除这一列。",
    "duplicate": "与目前采用的日报内容完全相同，已忽略，不影响任何数字。不用再报。",
    "rows-withdrawn": "这次报送没有包含上一次的这些内容：{names}。如是漏填，请补上后重新报送；如确需撤回，不用处理。",
    "rows-withdrawn/both": "这次报送没有包含上一次的这些内容：{names}。如是漏填，请补上后重新报送；如确需撤回，不用处理。上一次退回的行，这次也没有：{refused}。要报的，请改正后补上；不报的，不用处理。",
    "rows-withdrawn/refused": "上一次退回的这些行，这次没有再报：{names}。要报的，请改正后补上；不报的，不用处理。",
    "reply-before-dispute": "案件 {case} 的群众不认可从 {since} 的日报起就在，这里的答复“{number}”日期 {value} 比它早，不能算新的答复，仍按群众不认可计，不计入化解。请填写不认可以后作出的答复；群众已经认可的，把“群众确认”填为“认可”。",
    "dispute-withdrawn": "上一次报送里案件 {case} 填的是“不认可”，这次没有填，也没有填“认可”。不认可没有因此消除的，请补填“不认可”；群众已经认可的，请填“认可”。",
    "dispute-withdrawn/stands": "上一次报送里案件 {case} 填的是“不认可”，这次没有填，也没有填“认可”。以前的日报里报过的不认可还在，仍按群众不认可计。群众仍不认可的，请补填“不认可”；群众已经认可的，请填“认可”。",
    "dispute-withdrawn/refused": "上一次报送里案件 {case} 的“不认可”采用了；这次填了“{answer}”，但这一行退回，没有采用，改正以前不按不认可计。请照这一行退回的原因改正后重新报送。",
    "dispute-withdrawn/refused/stands": "上一次报送里案件 {case} 的“不认可”采用了；这次填了“{answer}”，但这一行退回，没有采用。以前的日报里报过的不认可还在，仍按群众不认可计。请照这一行退回的原因改正后重新报送。",
    "older-revision": "内容与第 {revision} 版完全相同，而那一版已被后来的报送替换；采用后这一份成为新的一版，后来的那一份不再算数。如是误发旧文件，请重新报送最新的那一份。",
    "sidecar-outdated": "文件旁边的信封说的是改动以前的内容，对现在的内容不算数：按改动的时间、从文件夹收到计。时间不对的，请按现在的内容重写信封，或删去信封，再把文件重新放入。",
    "assignment-postponed": "案件 {case} 原来的交办日期是 {held}，新分解表改晚为 {value}，仍按 {held} 计算。请在分解表里改回 {held}。",
    "wrong-place/assignment": "这是案件包案任务分解表，不是旗区日报，没有采用。分解表由办公室放到 inbox/assignment 文件夹，或在报送网页的“分解表”处上传；要报的如果是日报，请换成填好的日报模板。",
    "wrong-place/report": "这是旗区日报，不是案件包案任务分解表，没有采用。日报请放到 inbox 文件夹（不要放进 assignment），或在报送网页上传；分解表请另行放入。",
    "unknown-case": "台账里没有案件“{value}”。{alike}请核对编号；如是新发现的案件，请填在“新增案件”表。",
    "unknown-case/assignment-refused": "分解表里有案件“{value}”，但分解表的那一行退回了，还没有列入台账：这一行不采用，不算{own}填错。请联系办公室改好分解表；列入台账以后，请在当天的日报里再报这一件，以前的日报不用改。",
    "unknown-case/exempted": "分解表和台账里都没有案件“{value}”，这条豁免没有采用。{alike}请核对编号。",
    "other-district": "案件“{value}”是别的旗区的，不属于{own}。请删去这一行；如确应由本旗区办理，请联系办公室调整分解表。",
    "other-district/moved": "案件“{value}”已于{day}由办公室改派{to}，不再由{own}办理：这一行不采用，不算{own}填错。请从表中删去这一行，别的行不受影响；改派有误的，请联系办公室。",
    "other-district/moved-urgent": "案件“{value}”已于{day}由办公室改派{to}，不再由{own}办理，这一行没有采用。急报不能漏：请删去案件编号、保留其余内容，马上重新报送。",
    "required": "“{column}”没有填。请填写{hint}。",
    "not-in-list": "{column}“{value}”不在可选范围，请从下拉框选择：{values}。{alike}",
    "not-in-list/case": "案件编号“{value}”不合规则。{alike}请写成字母、四位年份和序号，例如：{example}。",
    "not-in-list/source": "“{sheet}”表的案件来源不能是“{value}”，只能是：{values}。{alike}",
    "not-in-list/exempted-report": "迟报的对象“{value}”看不懂。请先写旗区、再写报告日期，例如：{example}。",
    "not-in-list/exempted-case": "对象“{value}”不是案件编号。延期和核查提示的对象请写一个案件编号，例如：{example}。",
    "bad-date": "{column}“{value}”看不懂。请写成这样：{example}。",
    "date-out-of-range/after-report": "{column}“{value}”晚于报告日期 {limit}。请填写实际日期。",
    "date-out-of-range/before-start": "{column}“{value}”早于{start} {limit}。请核对这两个日期。",
    "date-out-of-range/before-report": "{column}“{value}”早于报告日期 {limit}。请填写打算办完的日期。",
    "date-out-of-range/after-arrival": "{column}“{value}”晚于收到文件的时间 {limit}。请填写实际发生的时间。",
    "bad-number": "{column}“{value}”不是可用的数字。请只填不小于 0 的{hint}。",
    "bad-number/shown": "{column}这一格 Excel 显示“{value}”，存的却是 {stored}，是单元格格式改变了显示，不知道该按哪个算。请把格式设为“常规”，再填不小于 0 的{hint}。",
    "bad-number/reply": "答复文号“{value}”不是文号：录入的内容被 Excel 变成了{made}。请先把单元格格式设为“文本”，再照书面答复重新填写。",
    "reply-missing": "当前状态是“{status}”，但没有填“{column}”。请补填{column}；如还没有书面答复，请把当前状态改为“办理中”。",
    "contradiction/claim": "当前状态“已化解”与诉求认定“暂时难以解决”矛盾。请改正其中一项。",
    "contradiction/reception": "当场答复 {answered} 加转交办理 {passed} 合计 {sum}，大于接访批次 {batches}。请核对这三个数。",
    "contradiction/turn": "安排是“{kind}”，又写了替班领导“{value}”。由别人替班的，安排请写“替班”；没有人替的，请删去替班领导。",
    "contradiction/substitute": "替班领导“{value}”就是领导本人。请填写替他接访的领导，或把安排改为“接访”。",
    "status-went-back": "案件 {case} 此前已是“{before}”，不能直接改为“{value}”。确需重新办理的，请填写“重新办理原因”；否则请改回。",
    "status-went-back/filled-in": "案件 {case} 按{day}的日报（那天截止以后才报来）已是“{before}”。这一行写“{value}”，今日进展等都空着，看来是在那以前发的模板里预先填好、没有改过的。没有变化的，请删去这一行再报，或者用新的模板；确需重新办理的，请填写“重新办理原因”。",
    "repeated-case": "案件 {case} 在“{sheet}”表出现了 {count} 次，内容不一致（第 {lines} 行）：{differences}。请只保留正确的一行。",
    "repeated-case/assignment": "案件 {case} 在分解表里出现了 {count} 次（{lines}），这几行都不采用。请只保留正确的一行。",
    "repeated-case/exempted": "“{case}”在“豁免”表写了 {count} 次（第 {lines} 行），事项相同，这几行都不采用。请只保留正确的一行。",
    "repeated-case/turn": "“接访排班”表里{leader}在 {day} 写了 {count} 次（第 {lines} 行），安排不一致，这几行都不采用。请只保留正确的一行。",
    "case-exists/other": "案件 {case} 已在台账中，但{columns}与原来的不同（原为：{before}）。同一案件请照原样填写或删去此行，另一案件请另编编号。",
    "case-exists/taken": "案件编号 {case} 已经被别的案件使用。请另编一个没有用过的编号。",
    "case-exists/code": "新增案件的编号应以本旗区代码 {code} 开头，例如 {example}；“{value}”不是。请改用本旗区编号。",
    "personal-information": "单元格里有疑似身份证号、手机号或银行卡号（{value}）。请删去号码后重新报送。",
    "personal-information/outside": "不属于任何一行的单元格（标题、落款，或一行里只填了这一格）里有疑似身份证号、手机号或银行卡号（{value}），已跳过不读。请删去号码。",
    "late": "收到时间 {arrival} 晚于截止时间 {limit}，照常采用。如是改正后再次报送，截止以前报来、有内容采用的，这一天仍记为按时；如是首次报送，请以后在截止前报送。",
    "late/first": "收到时间 {arrival} 晚于截止时间 {limit}，照常采用。这是当日首次报送，这一天记为迟报。请以后在截止前报送。",
    "late/again": "收到时间 {arrival} 晚于截止时间 {limit}，照常采用。当日首次报送在截止以前，这一份是再次报送，这一天仍记为按时。",
    "late/again-refused": "收到时间 {arrival} 晚于截止时间 {limit}，照常采用。截止以前报来的全部退回，这一天不记为按时；改好的，记为退回后改好。",
    "late/again-late": "收到时间 {arrival} 晚于截止时间 {limit}，照常采用。这一份是再次报送，当日首次报送已在截止以后，这一天记为迟报。",
    "late/nothing": "收到时间 {arrival} 晚于截止时间 {limit}，一行也没有采用。改好再报、有采用的，这一天记为迟报；不然记为全部退回。",
    "late/nothing-again": "收到时间 {arrival} 晚于截止时间 {limit}，一行也没有采用。截止以前报来的有采用：改好再报、有采用的，这一天仍记为按时；不然记为全部退回。",
    "late/nothing-again-refused": "收到时间 {arrival} 晚于截止时间 {limit}，一行也没有采用。截止以前报来的也全部退回，这一天不记为按时；改好的，记为退回后改好。",
    "late/unsent-first": "截止时间 {limit} 已过，照常采用。这一天还没有报过，这一份会记为迟报。请以后在截止前报送。",
    "late/unsent-again": "截止时间 {limit} 已过，照常采用。当日首次报送在截止以前，这一天仍记为按时。",
    "late/unsent-again-refused": "截止时间 {limit} 已过，照常采用。截止以前报来的全部退回，这一天不记为按时；改好的，记为退回后改好。",
    "late/unsent-again-late": "截止时间 {limit} 已过，照常采用。当日首次报送已在截止以后，这一天记为迟报。",
    "late/unsent-nothing": "截止时间 {limit} 已过，这样报送一行也不会采用。改好再报、有采用的，这一天记为迟报；不然记为全部退回。",
    "late/unsent-nothing-again": "截止时间 {limit} 已过，这样报送一行也不会采用。截止以前报来的有采用：改好再报、有采用的，这一天仍记为按时；不然记为全部退回。",
    "late/unsent-nothing-again-refused": "截止时间 {limit} 已过，这样报送一行也不会采用。截止以前报来的也全部退回，这一天不记为按时；改好的，记为退回后改好。",
    "read-as/header": "表头写作“{value}”，读作“{meant}”，不用改。",
    "read-as/value": "{column}写作“{value}”，读作“{meant}”{more}，不用改。",
    "read-as/code": "案件编号写作“{value}”，读作“{meant}”{more}，不用改。",
    "read-as/zeros": "案件编号前面的 0 写得与台账不同{more}，读作“{meant}”，不用改。",
    "read-as/date": "{column}写作“{value}”，读作 {meant}{more}，不用改。",
    "read-as/number": "{column}写作“{value}”，读作 {meant}{more}，不用改。",
    "read-as/sheet": "工作表写作“{value}”，读作“{meant}”，不用改。",
    "read-as/district": "旗区写作“{value}”，读作“{meant}”{more}，不用改。",
    "read-as/alike": "{column}“{meant}”里有{differs}{more}，没有算在内，不用改。",
    "read-as/as-text": "{column}“{meant}”是按文本填的{more}，照样读了，不用改。",
    "read-as/covered": "合并单元格盖住了“{value}”{more}，Excel 里看不见，没有读。要算数的请取消合并，填在看得见的单元格里。",
    "read-as/hidden": "单元格格式把“{value}”藏起来了{more}，Excel 里看不见，没有读。要算数的请把格式设为“常规”；不要的请删去。",
    "read-as/same-rows": "案件 {case} 在“{sheet}”表有几行内容完全相同（第 {lines} 行），只计一次。请删去多余的行。",
    "sheet-missing": "没有“{name}”表，按当天没有此类内容处理。如有内容请补报。",
    "old-template": "模板版本“{value}”较旧，现行版本是 {current}。请从下次起使用新模板。",
    "zero-report-with-rows": "封面“零报告”填了“是”，但表里有 {count} 行内容，不算零报告，没有退回的行采用。请把“零报告”改为“否”。",
    "prefilled-changed": "{column}是预先填好的，这里改成了“{value}”（原为“{before}”），没有采用。如原内容有误，请联系办公室改分解表。",
    "prefilled-changed/by-office": "{column}“{value}”是以前的模板里预先填好的，模板发出以后办公室改成了“{before}”，以办公室的为准，不用改。",
    "unknown-column": "“{value}”列不在模板中，没有读取。{alike}如内容需要报送，请填到模板已有的列。",
    "unknown-column/sheet": "“{value}”这张表没有读，只读了“{name}”。这张表里要报的内容，请并到“{name}”里重新报送；不要的请删去这张表。",
    "unknown-column/unit": "“{value}”列的单位不能换算，整列没有读取。请使用表头“{meant}”。",
    "unknown-column/twice": "“{value}”列出现了两次，只读了前一列。请删去多余的一列。",
    "error-value": "{column}的单元格是错误值“{value}”，这一行不能采用。请改正公式，或直接填写内容。",
    "no-cached-value": "“{column}”的公式没有保存计算结果，按空白处理。请用 Excel 打开、重新计算并保存，或直接填写内容。",
    "no-cached-value/picture": "“{column}”里是图片，程序读不了图片，按空白处理，不算进展。请把内容写成文字。",
    "cover-incomplete/reporter": "封面没有填“填报人”。请补填。",
    "cover-incomplete/zero": "封面“零报告”填的是“{value}”，按“否”处理。请填“是”或“否”。",
    "case-missing": "案件 {case} 在新的分解表中不见了，仍按原内容计入。如需撤销，请在分解表保留该行并填写“撤销依据”。",
    "deadline-beyond-statute/deadline": "办结时限 {value} 超过了{start}（{limit}）后 {days} 天，照常采用。请核对日期是否填错；确需更长的，请按规定办理延期。",
    "deadline-beyond-statute/extension": "延期至 {value} 超过了办结时限（{limit}）后 {days} 天，照常采用。请核对日期是否填错。",
    "deadline-beyond-statute/exempted": "延期到 {value}，超过了办结时限（{limit}）后 {days} 天，照常采用。请核对日期是否填错。",
    "extension-shortens": "延期至 {value} 早于办结时限 {limit}，仍按延期至计算。请核对。",
}  # fmt: skip
"""Keyed by code, or by code and variant."""


def finding(
    name: str,
    /,
    *,
    sheet: str = "",
    row: int | None = None,
    at: int | None = None,
    value: object = "",
    details: Mapping[str, object] | None = None,
    severity: Severity | None = None,
    **more: object,
) -> Finding:
    """Make the finding with its sentence, on one line; personal numbers are masked, also those that only quoting makes.

    `name` is a key of the catalogue; `row` counts from 1 and `at`, the column, from 0; `details` and `more` fill the
    sentence.
    """
    code = name.partition("/")[0]
    whole = clean(masked_cell(value))
    line = shorten(whole)
    shown = line if line == whole else mask(line)
    quoted = {key: _quoted(str(detail)) for key, detail in {**(details or {}), **more}.items()}
    if code == "read-as":
        name, quoted = _said_of_alike(name, (as_text(value), shown), quoted)
    message = CATALOGUE[name].format_map({"alike": "", "value": shown, "sheet": _quoted(sheet), **quoted})
    return Finding(code, severity or SEVERITIES[code], message, mask(sheet), row, at, shown)


def late(arrival: datetime, limit: datetime, place: str = "") -> Finding:
    """Make the finding `late`; `place` is a variant of it where the file's place among its day's is known."""
    for written in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"):  # as exactly as it takes to tell them apart
        shown, shown_limit = f"{arrival:{written}}", f"{limit:{'%Y-%m-%d %H:%M:%S' if limit.second else '%Y-%m-%d %H:%M'}}"
        if shown != f"{limit:{written}}":
            break
    return finding(f"late/{place}" if place else "late", arrival=shown.rstrip("0") if "." in shown else shown, limit=shown_limit)


def without_year(day: MonthDay) -> str:
    """Return what is said of a date without its year, whose year another cell of its row decides and does not tell yet."""
    return f"{day.month:02}-{day.day:02}（它从哪天算起还没有写对，看不出是哪一年）"


_OF_WHAT: Final = {"read-as/header": "表头", "read-as/code": "案件编号", "read-as/sheet": "工作表", "read-as/district": "旗区"}


def _said_of_alike(name: str, value: tuple[str, str], quoted: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return what is said of a value that was understood; where it would look the same before and after, what differed.

    `value`: as it was written, and as a sentence shows it.
    """
    (raw, shown), meant = value, quoted.get("meant", "")
    plain = "".join(character for character in unicodedata.normalize("NFKC", shown) if unicodedata.category(character) != "Cf")
    if not meant or plain != meant:
        return name, {**quoted}
    more = {"column": _OF_WHAT.get(name, ""), "more": "", **quoted, "differs": _differing(raw)}
    return ("read-as/alike" if more["differs"] else "read-as/as-text"), more


def _differing(value: str) -> str:
    """Return what stands in a text beside what was read of it, or in its place; '' where nothing does."""
    kinds = {
        "看不见的字符": any(unicodedata.category(character) == "Cf" for character in value),
        "换行": any(character in "\r\n" for character in value),
        "多余的空格": any(character.isspace() and character not in "\r\n" and character != _WIDE_BLANK for character in value),
        "全角的空格、字母、数字或标点": any(unicodedata.east_asian_width(character) == "F" for character in value),
        "看起来一样、编码不同的字": any(
            unicodedata.normalize("NFKC", character) != character and unicodedata.east_asian_width(character) != "F"
            for character in value
            if not character.isspace()
        ),
    }
    return "、".join(kind for kind, is_there in kinds.items() if is_there)


_WIDE_BLANK: Final = "\u3000"


def left_out(found: Finding) -> tuple[str, str]:
    """Return what a finding says that a report leaves out of the one before: what was taken there, and what was refused; '' for none."""
    return left_out_as_said(found.message) if found.code == "rows-withdrawn" else ("", "")


def left_out_as_said(message: str) -> tuple[str, str]:
    """Return the same of the message of such a finding."""
    for name in ("rows-withdrawn/both", "rows-withdrawn/refused", "rows-withdrawn"):
        pattern = re.escape(CATALOGUE[name]).replace(r"\{names\}", "(?P<names>.*)").replace(r"\{refused\}", "(?P<refused>.*)")
        if match := re.fullmatch(pattern, message):
            named = match.groupdict()
            return ("", named["names"]) if name.endswith("/refused") else (named["names"], named.get("refused") or "")
    return "", ""


def seen(found: Finding) -> str:
    """Return what stood in the finding's cell; of a 不认可 that is not there any more its value is the case."""
    if found.code != "dispute-withdrawn":
        return found.value
    answer = re.search("这次填了“(.*?)”", found.message)
    return answer[1] if answer else ""


def is_understood(found: Finding) -> bool:
    """Return whether a finding only says how something was read that is written in another way: nothing of it is lost."""
    return found.code == "read-as" and not found.message.startswith(CATALOGUE["read-as/covered"].partition("{")[0])


def is_offices_alone(findings: Iterable[Finding]) -> bool:
    """Whether something is refused, and all of it since the office's own row of the case was: there is nothing to mend for a district."""
    refusing = [found for found in findings if found.refuses]
    return bool(refusing) and all(found.code == "unknown-case" and _OFFICES in found.message for found in refusing)


_OFFICES: Final = CATALOGUE["unknown-case/assignment-refused"].partition("}”，")[2].partition("，不算")[0]


def _quoted(detail: str) -> str:
    """What a sentence quotes, on one line: two numbers parted by a line break must not become one in silence."""
    hidden = mask(detail)
    line = hidden if hidden.isprintable() else mask(" ".join(hidden.splitlines()))
    return line if len(line) <= _LONGEST_DETAIL else mask(f"{line[: _LONGEST_DETAIL - 1]}…")


def listed(names: Sequence[str], unit: str = "") -> str:
    """The names, long ones cut; of very many the first, and how many there are."""
    shown = "、".join(map(brief, names[:_MOST_NAMES]))
    return shown if len(names) <= _MOST_NAMES else f"{shown} 等 {len(names)}{unit and f' {unit}'}"


def brief(value: str) -> str:
    """What a sentence quotes beside its value, cut where it is long.

    Masked before, lest half a number be left, and after: without its wide gaps a text can be a number.
    """
    return mask(shorten(mask(value)))


def shorten(value: str) -> str:
    """The value on one line, cut where it is long."""
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST_VALUE else line[: _LONGEST_VALUE - 1] + "…"
