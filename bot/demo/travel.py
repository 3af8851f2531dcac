"""The demo's clock: real time, plus what people have skipped."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path


class TravelClock:
    """Runs like any clock; `skip` moves it on. What was skipped is kept in *path*: a shop's time must never run backwards."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        kept = json.loads(path.read_text(encoding="utf-8")) if path is not None and path.exists() else {}
        self._ahead = timedelta(seconds=float(kept.get("ahead_s", 0)))

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def skip(self, by: timedelta) -> None:
        """Raises: ValueError for a step backwards."""
        if by < timedelta():
            raise ValueError("time does not run backwards")
        self._ahead += by
        if self._path is not None:
            unfinished = self._path.with_suffix(".new")
            unfinished.write_text(json.dumps({"ahead_s": self._ahead.total_seconds()}), encoding="utf-8")
            unfinished.replace(self._path)
