"""A reader process: `python -m pipeline.reading.reader`. It is given valid settings, and comes up without what validates them.

Covered by tests/settings/test_given.py and tests/reading/test_readers.py.
"""

from pipeline.settings import given


def main() -> None:
    """Read what is asked, until nobody asks any more."""
    from pipeline.reading import readers  # here alone: a process of its own has a stand-in for pydantic before

    readers.main()


if __name__ == "__main__":
    given.stand_in()
    main()
