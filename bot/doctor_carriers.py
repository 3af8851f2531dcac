"""The doctor looks at the carriers that have an account: do they answer, and can they bring their news?"""

from collections.abc import Iterator
from datetime import datetime

import httpx
from sqlalchemy.exc import SQLAlchemyError

from bot import providers
from bot.finding import Finding, Patient, fine, look, wrong
from bot.settings import SettingsError
from store import wire
from store.db import Database
from store.parcels import budget
from store.parcels.budget import Standing
from store.parcels.carrier import Carrier
from store.parcels.registry import OTHER, Carriers


async def findings(patient: Patient) -> list[Finding]:
    """Nothing where nobody can be asked; a database that does not answer is told by its own check."""
    async with wire.new_client() as client:
        carriers = [each for name, each in _known(patient, client).items() if name != OTHER]
    standings = await _standings(patient, carriers)
    return [*(answers(standing, now=patient.clock()) for standing in standings), *_pushes(patient, carriers)]


def _known(patient: Patient, client: httpx.AsyncClient) -> Carriers:
    return providers.carriers(patient.settings.model_copy(update={"sandbox_parcels": False}), client)


async def _standings(patient: Patient, carriers: list[Carrier]) -> list[Standing]:
    if not carriers:
        return []
    db = Database(patient.settings.database)
    try:
        async with db.read() as session:
            return await budget.standings(session, carriers, now=patient.clock())
    except (SQLAlchemyError, OSError, SettingsError):
        return []
    finally:
        await db.close()


def answers(standing: Standing, *, now: datetime) -> Finding:
    """How the carrier stands, and how much of its day is used."""
    used = f"{standing.calls} calls today" + (f" of {standing.calls_per_day}" if standing.calls_per_day else "")
    check = f"carrier {standing.carrier}"
    if standing.failing_since is not None:
        since = f"since {standing.failing_since:%Y-%m-%d %H:%M} UTC"
        told = f"{standing.error} ({standing.failures} failures in a row {since}; {used})"
        return wrong(check, told, "mend its account or its settings in .env; its parcels are not followed meanwhile")
    if standing.answered_at is None:
        return fine(check, f"has not been asked yet ({used})")
    age = int((now - standing.answered_at).total_seconds() // 60)
    return fine(check, f"answered {age} min ago ({used})")


def _pushes(patient: Patient, carriers: list[Carrier]) -> Iterator[Finding]:
    if any(each.capabilities.push for each in carriers) and not (patient.settings.public_url or "").startswith("https"):
        yield look(
            "pushes", "carriers cannot bring their news: they are asked instead", "set PUBLIC_URL, with https://"
        )
