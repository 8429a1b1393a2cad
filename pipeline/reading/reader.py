"""A reader process: `python -m pipeline.reading.reader`. It is given valid settings, and comes up without what validates them.

Covered by tests/settings/test_given.py and tests/reading/test_readers.py.
"""

from pipeline.settings import given

if __name__ == "__main__":
    given.stand_in()
    from pipeline.reading import readers

    readers.main()
