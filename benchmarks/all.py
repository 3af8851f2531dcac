"""Every benchmark in a process of its own, one after another, then the report: `python -m benchmarks.all [NAME …]`."""

import subprocess
import sys
from pathlib import Path

from benchmarks import report
from benchmarks.frame import FOLDER

NAMES = (
    "tap",
    "webhook",
    "place_sqlite",
    "place_postgres",
    "flash_sale",
    "catalogue",
    "pages",
    "search",
    "outbox",
    "payments",
    "memory",
)


def main(*chosen: str) -> int:
    """How many of them broke."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    broken = [name for name in chosen or NAMES if not _runs(name)]
    report.main()
    for name in broken:
        print(f"BROKE: {name}", file=sys.stderr)
    return len(broken)


def _runs(name: str) -> bool:
    print(f"== {name}", flush=True)
    return not subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=Path(__file__).parents[1]).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
