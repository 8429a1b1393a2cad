"""What is tried with a Python other than that of the tests: all compiles and is imported, a made-up week runs, `doctor` is content.

Usage: PYTHON .ci/smoke.py FOLDER
"""

from __future__ import annotations

import compileall
import importlib
import pkgutil
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))
ONLY_WITH_SERVERS = {"psycopg"}
"""What requirements.txt leaves to requirements-servers.txt: an office without a server runs without it."""


def smoke(folder: Path) -> None:
    """Raise or exit with a status other than 0 where something fails."""
    import pipeline
    from pipeline import cli

    for place in ("pipeline", "tests", "benchmarks", "docs"):
        if not compileall.compile_dir(HOME / place, quiet=1):
            sys.exit(f"{place} does not compile")
    names = [module.name for module in pkgutil.walk_packages(pipeline.__path__, "pipeline.")]
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name not in ONLY_WITH_SERVERS:
                raise
    for command in (["demo", str(folder)], ["--config", str(folder / "config.yaml"), "doctor"]):
        if status := cli.main(command):
            sys.exit(status)
    print(f"Python {sys.version.split()[0]}: {len(names)} modules, a week and doctor")


if __name__ == "__main__":
    smoke(Path(sys.argv[1]))
