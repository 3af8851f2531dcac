"""docs/performance.md's table and its picture, from what the benchmarks have written: `python -m benchmarks.report`."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import plot
from benchmarks.frame import FOLDER, Claim

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "performance.png"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
ORDER = (
    "tap",
    "webhook",
    "place-sqlite",
    "place-postgres",
    "flash-sale",
    "catalogue",
    "pages",
    "search",
    "outbox",
    "payments",
    "memory",
)
HEAD = "| what | against, in the same run | measured | milestone | goal |\n| --- | --- | --- | --- | --- |"


def main() -> None:
    results = sorted(_results(), key=lambda result: (_place(result["key"]), result["key"]))
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{_measured(results)}\n{END}{after}")
    plot.draw([(_short(result), claim) for result in results for claim in claims(result)], PICTURE)


def claims(result: dict[str, Any]) -> list[Claim]:
    return [Claim(**claim) for claim in result["claims"]]


def _results() -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in FOLDER.glob("*.json")]


def _place(key: str) -> int:
    return next((place for place, known in enumerate(ORDER) if key.startswith(known)), len(ORDER))


def _short(result: dict[str, Any]) -> str:
    return str(result["key"]).replace("-", " ")


def _measured(results: Sequence[dict[str, Any]]) -> str:
    newest = max(results, key=lambda result: str(result["at"]))
    versions = {name: told for result in results for name, told in result["versions"].items()}
    on = ", ".join(f"{name} {told}" for name, told in versions.items())
    rows = "\n".join(row for result in results for row in _rows(result))
    sides = "\n".join(f"* {_short(result)}: {_figures(result['numbers'])}" for result in results)
    return "\n\n".join(
        (
            f"Measured {newest['at']} on {newest['machine']}: {on}.",
            f"{HEAD}\n{rows}",
            "The sides' own figures on that machine:",
            sides,
        )
    )


def _rows(result: dict[str, Any]) -> Iterator[str]:
    for number, claim in enumerate(claims(result)):
        first, against = (result["what"], result["against"]) if number == 0 else ("", "")
        mark, bound = "" if claim.reaches(claim.milestone) else " ✗", "≤" if claim.at_most else "≥"
        told = f"{claim.what} {amount(claim.value)} {claim.unit}{mark}".replace(" x", "x")
        yield f"| {first} | {against} | {told} | {bound} {claim.milestone:g} | {bound} {claim.goal:g} |"


def _figures(numbers: dict[str, float]) -> str:
    return "; ".join(_figure(*name.rsplit(", ", 1), value=value) for name, value in numbers.items())


def _figure(name: str, unit: str = "", *, value: float) -> str:
    return f"{name} {amount(value)} {unit}".rstrip()


def amount(value: float) -> str:
    """Three significant digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
