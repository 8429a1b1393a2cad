"""Starts the command line; see README.md."""

from pipeline.cli import main

raise SystemExit(main())
