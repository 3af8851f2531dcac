"""Stories that are told, and cut short, in processes of their own (`tests/crash/victim.py`); the database is laid back to its first day before each."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.failpoints import ROOT

KILLED = -9
End = dict[str, list[str]]


@dataclass
class Morgue:
    url: str
    folder: Path
    parent: "subprocess.Popen[str]"

    def work(self, name: str, *arguments: str) -> int:
        """How the process of this work ended."""
        assert self.parent.stdin is not None and self.parent.stdout is not None
        self.parent.stdin.write(json.dumps([name, self.url, str(self.folder), *arguments]) + "\n")
        self.parent.stdin.flush()
        return int(self.parent.stdout.readline())

    def end_of(self, story: str, *, killed_at: str | None = None) -> End:
        """How everything stands when the story was told, cut short at this point if one is named, and told on after a restart."""
        for name in ("passed", "target", "bank.json", "carrier.json", "end.json"):
            (self.folder / name).unlink(missing_ok=True)
        if killed_at is not None:
            (self.folder / "target").write_text(killed_at)
        assert self.work("first", story) == (KILLED if killed_at else 0)
        assert self.work("again", story) == 0
        end: End = json.loads((self.folder / "end.json").read_text())
        return end

    def points(self) -> list[str]:
        """What the last story without a death has passed."""
        return (self.folder / "passed").read_text().splitlines()


@contextlib.contextmanager
def a_morgue(url: str, folder: Path) -> Iterator[Morgue]:
    command = [sys.executable, "-m", "tests.crash.victim"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        made = Morgue(url, folder, parent)
        assert made.work("open_shop") == 0
        yield made
        assert parent.stdin is not None
        parent.stdin.close()


def difference(before: End, after: End) -> dict[str, Any]:
    """What stands otherwise than after the story without a death."""
    return {name: (rows, after[name]) for name, rows in before.items() if rows != after[name]}
