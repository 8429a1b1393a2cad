"""Why a verdict is provisional, and what settles it.

Covered by tests/report/test_headline.py.
"""

from typing import Final

from pipeline.terms.words import NOT_YET

OPEN_REASONS: Final = {
    "absent": "没有日报",
    "returned": "的日报整份退回",
    "lost": "的日报原件遗失",
    "unread": "再次报送的没有采用",
    "behind": "缺以前的日报",
    "behind-returned": "以前的日报整份退回",
    "behind-lost": "以前的日报原件遗失",
    "refused": "有退回的内容没有改正",
    "moved": "对改派来的案件还没有报",
    "awaited": "报过的案件后来才列入台账，列入以后还没有再报",
}
"""Why a verdict is provisional, after the names of districts."""
MENDED_BY: Final = {
    "补报": {"absent", "behind", "moved"},
    "找回": {"lost", "behind-lost"},
    "改正": {"returned", "unread", "behind-returned", "refused"},
    "再报": {"awaited"},
}
"""What settles it, with the reasons that it settles."""
NOT_TAKEN_IN: Final = "的日报还没有收下"
ABSENT_YET: Final = {"": "补报", NOT_YET: "报来", NOT_TAKEN_IN: "收下"}
"""What settles an absent report, by the words for it: those of OPEN_REASONS, and others before the cut-off and where it waits."""
