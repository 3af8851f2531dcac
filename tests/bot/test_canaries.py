"""Everything that a process can say is said with secrets in it, and none comes out."""

import json
import subprocess
import sys

import pytest

from tests.bot.canaries import forms
from tests.programs import ROOT

pytestmark = pytest.mark.slow


def said(*arguments: str) -> tuple[list[str], list[str], str]:
    """The canaries, those of them that are never said, and all else that stood on stdout and stderr."""
    command = [sys.executable, "-m", "tests.bot.say_canaries", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    canaries, _, rest = done.stdout.partition("\n")
    assert canaries.startswith("["), done.stderr
    return *json.loads(canaries), rest + done.stderr


def heard(canaries: list[str], text: str) -> list[str]:
    return [canary for canary in canaries if any(form in text for form in forms(canary))]


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_comes_out_whichever_way_it_is_said(log_format: str) -> None:
    canaries, unsaid, text = said(log_format)
    assert len(set(canaries)) >= 50
    assert heard(canaries + unsaid, text) == []


def test_without_the_redactor_each_of_them_comes_out() -> None:
    """The control: no canary is one that nobody said."""
    canaries, _, text = said("text", "bare")
    assert heard(canaries, text) == canaries
