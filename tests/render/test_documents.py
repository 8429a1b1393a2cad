"""What is made for a day: nothing is begun while the modules that make it are still being imported beside it."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

from offices import SETTINGS, assigned, on
from workbooks import assignment

from pipeline.disk.originals import Originals
from pipeline.reading.readers import Readers
from pipeline.render import documents
from pipeline.render.documents import Finish, Workshop
from pipeline.report.report import Report


def test_no_document_is_begun_while_what_makes_it_is_being_imported_beside_it() -> None:
    report = on(date(2020, 5, 21), assigned(assignment())).report
    is_begun = threading.Event()

    def begin(_report: Report, _workshop: Workshop) -> Finish:
        is_begun.set()
        return lambda: [{"甲.txt": "乙".encode()}]

    made: dict[str, bytes | Path] = {}
    with Readers(SETTINGS, 0) as readers:
        workshop = Workshop(Path(), Originals(Path()), readers)
        making = threading.Thread(target=lambda: made.update(documents.contents(report, (begin,), workshop)))
        with documents._IMPORTING:  # noqa: SLF001 - as the thread that imports beside holds it
            making.start()
            assert not is_begun.wait(0.3)
        making.join(60)
    assert is_begun.is_set()
    assert {"甲.txt", "manifest.json"} <= made.keys()
