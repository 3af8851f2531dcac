"""`dukkan doctor`: looks at everything that the shop stands on and says what is wrong, and what to do. Changes nothing; the shop may run meanwhile.

Imports no aiogram: it must answer where a shop does not even start.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace

from bot import doctor_carriers, doctor_database, doctor_machine, doctor_telegram
from bot.finding import Finding, Patient, State
from bot.redaction import Redactor
from bot.settings import Settings
from bot.settings_secrets import secrets_of

_MARKS = {State.OK: "ok   ", State.LOOK: "look ", State.WRONG: "WRONG"}


async def findings(patient: Patient) -> list[Finding]:
    """In the order in which a person would mend them."""
    return [
        *doctor_machine.findings(patient),
        *await doctor_database.findings(patient),
        *await doctor_machine.redis(patient),
        *await doctor_telegram.findings(patient),
        *await doctor_carriers.findings(patient),
    ]


def is_well(found: Iterable[Finding]) -> bool:
    return all(finding.state is not State.WRONG for finding in found)


def as_text(found: Iterable[Finding], settings: Settings) -> str:
    lines = []
    for finding in _clean(found, settings):
        lines.append(f"{_MARKS[finding.state]}  {finding.check}: {finding.told}")
        if finding.todo:
            lines.append(f"       → {finding.todo}")
    return "\n".join(lines)


def as_json(found: Iterable[Finding], settings: Settings) -> str:
    return json.dumps([asdict(finding) for finding in _clean(found, settings)], ensure_ascii=False, indent=2)


def _clean(found: Iterable[Finding], settings: Settings) -> Iterator[Finding]:
    """What a server answers is not ours to trust: it may quote what it was asked with."""
    redactor = Redactor(secrets_of(settings))
    for finding in found:
        yield replace(finding, told=redactor.clean(finding.told))
