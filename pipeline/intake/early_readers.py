"""Readers that come up while a night still imports what it takes: begun before anything else, as soon as it is known that files wait.

Covered by tests/test_cli.py and tests/reading/test_readers.py.
"""

from __future__ import annotations

from pipeline.settings.config import Settings


def start(settings: Settings) -> None:
    """Start the readers that the files in this office's inbox are worth."""
    from pipeline.intake import contents
    from pipeline.reading import engines, readers

    arriving = sum(not file.is_assignment for file in contents.look(settings.paths.inbox).files)
    readers.start_ahead(engines.readers_at_once(settings, arriving))
