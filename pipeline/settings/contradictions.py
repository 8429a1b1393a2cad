"""Two settings that cannot both hold, with their places in config.yaml.

Apart from `config_file`: a reader, which is given settings, reads no YAML. Covered by tests/settings/test_config.py.
"""

from __future__ import annotations

Lines = dict[tuple[str | int, ...], int]
"""The line of every key and item, by its way through the file, as in `("districts", 0, "code")`."""


class ContradictionError(ValueError):
    """Two settings that cannot both hold, with the place of the second."""

    def __init__(self, place: tuple[str | int, ...], sentence: str) -> None:
        super().__init__(sentence)
        self.place = place
