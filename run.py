"""Starts the command line; see README.md."""

from pipeline.cli import main

if __name__ == "__main__":  # a reader process imports this file again
    raise SystemExit(main())
