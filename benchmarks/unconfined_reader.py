"""A reader without gate and confinement, as `pipeline.reading.reader` is one with them: `python -m benchmarks.unconfined_reader`."""

from pipeline.settings import given

if __name__ == "__main__":
    given.stand_in()
    from benchmarks import unconfined
    from pipeline.reading import readers

    unconfined.loosen()
    readers.main()
