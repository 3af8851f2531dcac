from datetime import UTC, datetime

import pytest

from store.parcels.sandbox import SandboxCarrier

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.fixture
async def now_label() -> str:
    """A number of the sandbox carrier, made at `NOW` for a parcel inside the country."""
    return await SandboxCarrier().new_label(key="1", destination_country="PT", now=NOW)
