"""The tools from npm are there, as pinned, and can be asked."""

import asyncio
import contextlib
import json
from pathlib import Path

import httpx
import pytest

from tests.node_tools import PINNED, a_spec_server, run

SPEC = {
    "openapi": "3.0.3",
    "info": {"title": "A spec", "version": "1"},
    "paths": {"/mugs/{id}": {"get": {"parameters": [], "responses": {"200": {"description": "A mug"}}}}},
}


def test_what_is_pinned_is_what_runs(node_tools: Path) -> None:
    """Each package of `tests/node/package.json` is installed in the version that stands there."""
    pinned = json.loads((PINNED / "package.json").read_text())["dependencies"]
    script = (
        "const fs=require('fs');const p=JSON.parse(fs.readFileSync(0,'utf8'));const v={};for(const n of Object.keys(p))"
    )
    script += (
        "v[n]=JSON.parse(fs.readFileSync(`node_modules/${n}/package.json`)).version;console.log(JSON.stringify(v))"
    )
    assert json.loads(run(node_tools, script, json.dumps(pinned))) == pinned


async def test_a_spec_server_answers_from_its_spec(node_tools: Path, tmp_path: Path) -> None:
    """What the spec knows is answered, with nothing to complain about."""
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(SPEC))
    async with a_spec_server(node_tools, "steady", str(spec)) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/mugs/1")
    assert answer.status_code == 200
    assert answer.headers["X-Steady-Error-Count"] == "0"


@pytest.mark.parametrize("command", ["steady", "prism mock"])
async def test_a_spec_server_ends_with_whoever_asked_it(node_tools: Path, tmp_path: Path, command: str) -> None:
    """The command of one starts another program, which has to end, too."""
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(SPEC))
    async with a_spec_server(node_tools, *command.split(), str(spec)) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()
