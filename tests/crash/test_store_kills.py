"""kill -9 at every point of a sale. After a restart and the sweeps everything stands as if nothing had happened."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.morgue import Morgue, a_morgue, difference
from tests.crash.stories import PAID, STORIES


@pytest.fixture
def morgue(db_url: str, tmp_path: Path) -> Iterator[Morgue]:
    with a_morgue(db_url, tmp_path) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("db_url", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("story", STORIES)
def test_a_sale_survives_its_death_at_every_point(morgue: Morgue, story: str, record_property: Any) -> None:
    """Each point that the story passes is the last one once. The end is that of the story without a death; nothing is lost, nothing counted twice.

    Where a story begins as the one of a payment does, that one dies at the points of the beginning.
    """
    known = _points(morgue, "pay") if _goes_on(story) else []
    as_it_was = morgue.end_of(story)
    assert as_it_was["wrong"] == []
    points = [point for point in morgue.points() if point not in known]
    ends = {point: difference(as_it_was, morgue.end_of(story, killed_at=point)) for point in points}
    record_property("told", f"kill -9: {story}: {len(points)} points on {morgue.url.partition('+')[0]}")
    assert not (wrong := {point: told for point, told in ends.items() if told}), json.dumps(wrong, indent=1)


def _points(morgue: Morgue, story: str) -> list[str]:
    morgue.end_of(story)
    return morgue.points()


def _goes_on(story: str) -> bool:
    return STORIES[story][: len(PAID)] == PAID != STORIES[story]


@pytest.mark.slow
def test_a_commit_that_is_lost_is_seen(sqlite_url: str, tmp_path: Path) -> None:
    """Control. The program dies, and nobody starts it again: the end is another one."""
    with a_morgue(sqlite_url, tmp_path) as morgue:
        paid = morgue.end_of("pay")
        assert difference(paid, morgue.end_of("place"))
