"""How well plain messages are understood: `python -m benchmarks.intents [FILE.csv …]`.

A file has the columns text, language, label; labels are the intents of `store/parcels/asking/intents.py`, anything else is "none". Without files:
the sentences held out in `tests/store/parcels/asking`, and the public sets in ../shared/data/intents where they are. Nothing is learned from either.
"""

import csv
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from store.parcels import asking
from store.parcels.asking.intents import ABOUT_A_PARCEL, INTENTS, Intent

ROOT = Path(__file__).parents[1]
HELD_OUT = ROOT / "tests" / "store" / "parcels" / "asking" / "held_out.txt"
KNOWN = HELD_OUT.with_name("known.txt")
ANSWERS = HELD_OUT.with_name("answers.txt")
NEWLY_WRITTEN = HELD_OUT.with_name("newly_written.txt")
PUBLIC = ROOT.parent / "shared" / "data" / "intents"


class Message(NamedTuple):
    text: str
    language: str
    label: str


class PublicSet(NamedTuple):
    """*asks* are the labels that ask for a parcel; *unclear* ones are counted apart, they ask *unclear_question*: what is meant depends on who asks."""

    name: str
    files: Sequence[str]
    text: str
    label: str
    asks: frozenset[str]
    unclear: frozenset[str] = frozenset()
    unclear_question: str = ""


_BANK_CARDS = frozenset({"card_arrival", "card_delivery_estimate"})
SETS = (
    PublicSet("CLINC150", ("clinc150_train.csv", "clinc150_val.csv"), "text", "intent", frozenset({"order_status"})),
    PublicSet("Bitext dev", ("bitext_dev.csv",), "utterance", "intent", frozenset({"track_order", "delivery_period"})),
    PublicSet(
        "Bitext, both parts",
        ("bitext_train.csv", "bitext_dev.csv"),
        "utterance",
        "intent",
        frozenset({"track_order"}),
        frozenset({"delivery_period"}),
        "delivery period",
    ),
    PublicSet(
        "banking77",
        ("banking77_train.csv",),
        "text",
        "category",
        frozenset(),
        _BANK_CARDS,
        "where is my bank card",
    ),
)


class Score(NamedTuple):
    hits: int
    missed: int
    wrong: int
    others: int

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.wrong) if self.hits + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def row(self, name: str) -> str:
        counted = f"{self.hits + self.missed:5d} {self.others:6d} {self.wrong:6d}"
        return f"{name:32s} {self.precision:.3f}  {self.recall:.3f}  {self.f1:.3f}  {counted}"


HEAD = f"{'':32s} P      R      F1       asks others wrong"


def score(meant: Iterable[bool], found: Iterable[bool]) -> Score:
    pairs = list(zip(meant, found, strict=True))
    return Score(
        sum(1 for one, other in pairs if one and other),
        sum(1 for one, other in pairs if one and not other),
        sum(1 for one, other in pairs if other and not one),
        sum(1 for one, _ in pairs if not one),
    )


def read_file(path: Path) -> list[Message]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Message(row["text"], row["language"], row["label"]) for row in csv.DictReader(file)]


def held_out(path: Path = HELD_OUT) -> Iterator[Message]:
    """Blocks of a language ("= en"), lines of "intent: text"."""
    language = ""
    for line in filter(None, map(str.strip, path.read_text("utf-8").splitlines())):
        if line.startswith("="):
            language = line.removeprefix("=").strip()
        elif not line.startswith("#"):
            label, _, text = line.partition(": ")
            yield Message(text, language, label)


def asks(label: str | None) -> bool:
    return label in ABOUT_A_PARCEL


def show(title: str, messages: Sequence[Message]) -> None:
    """Asking for a parcel by language, then intent by intent; and how often the shop would ask instead of guessing."""
    found = [asking.intent(each.text, each.language) for each in messages]
    print(f"\n{title}: asks about an existing parcel\n{HEAD}")
    for language in dict.fromkeys(each.language for each in messages):
        pairs = [(each, name) for each, name in zip(messages, found, strict=True) if each.language == language]
        print(score((asks(each.label) for each, _ in pairs), (asks(name) for _, name in pairs)).row(language))
    print(score((asks(each.label) for each in messages), map(asks, found)).row("all"))
    print(f"\n{title}: intent by intent\n{HEAD}")
    for intent in INTENTS:
        wanted = (each.label == intent or (intent is Intent.NONE and each.label not in INTENTS) for each in messages)
        print(score(wanted, ((name or "none") == intent for name in found)).row(intent.value))
    unsure = sum(asking.reading(each.text, each.language).is_perhaps for each in messages)
    print(f"asked back with one tap: {unsure} of {len(messages)}")


def show_public() -> None:
    if not PUBLIC.is_dir():
        print(f"\nnot here: {PUBLIC}, the public sets are left out")
        return
    print(f"\nPublic sets, English: asks about an existing parcel\n{HEAD}")
    for public in SETS:
        rows = [row for name in public.files for row in _rows(PUBLIC / name)]
        clear = [row for row in rows if row[public.label] not in public.unclear]
        found = [asks(asking.intent(row[public.text], "en")) for row in clear]
        print(score((row[public.label] in public.asks for row in clear), found).row(public.name))
        if public.unclear:
            apart = [row for row in rows if row[public.label] in public.unclear]
            taken = sum(asks(asking.intent(row[public.text], "en")) for row in apart)
            print(f"  {public.unclear_question}: {taken} of {len(apart)} taken for a parcel")


def _rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def show_costs(messages: Sequence[Message]) -> None:
    took = sorted(_took_ms(each.text) for each in messages for _ in range(5))
    longest = max(_took_ms("where is my parcel, I was away and " * 150) for _ in range(20))
    print(
        f"\na message, processor time: {statistics.median(took):.2f} ms, 99 % under {took[len(took) * 99 // 100]:.2f} ms; ",
        end="",
    )
    print(f"one of 4000 letters {longest:.2f} ms")
    print(f"memory above numpy: {_resident_mb(_ASKED) - _resident_mb('import numpy'):.1f} MB")


def _took_ms(text: str) -> float:
    began = time.thread_time()
    asking.intent(text, "en")
    return (time.thread_time() - began) * 1000


# What a process has read when it has answered some questions, without what any program of Python has.
_ASKED = """
import numpy
from store.parcels import asking
for _ in range(50):
    for text in ("where is my parcel", "我的快递到哪了", "где моя посылка", "وين طلبي", "a red dress under 50"):
        asking.intent(text, "en")
"""


def _resident_mb(program: str) -> float:
    """Of a process of its own, median of five."""
    tail = "\nimport psutil; print(psutil.Process().memory_info().rss)"
    runs = [
        subprocess.run([sys.executable, "-c", program + tail], cwd=ROOT, check=True, capture_output=True, text=True)
        for _ in range(5)
    ]
    return statistics.median(int(run.stdout) for run in runs) / 2**20


def main(*files: str) -> None:
    for file in files:
        show(Path(file).name, read_file(Path(file)))
    if not files:
        messages = list(held_out(KNOWN))
        show("Everyday wordings", messages)
        show("Unusual wordings", list(held_out()))
        show("Newly written", list(held_out(NEWLY_WRITTEN)))
        show_public()
        show_costs(messages)


if __name__ == "__main__":
    main(*sys.argv[1:])
