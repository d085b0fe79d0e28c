"""What is built depends on what goes in; what is served has its headers."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from exchange_app import build as building
from exchange_app.pages_mount import PageAddresses
from exchange_app.security.headers import SecurityHeaders


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("exchange_app/a.py", "assets/b.css", "locale/ru/c.po", "rxconfig.py", "uv.lock"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    for name in ("texts.py", "words.py"):
        (tmp_path / "exchange_domain").mkdir(exist_ok=True)
        (tmp_path / "exchange_domain" / name).write_text(name)
    monkeypatch.setattr(building, "ROOT", tmp_path)
    monkeypatch.setattr(building, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(building, "CLIENT", tmp_path / "client")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["exchange_app/a.py", "exchange_app/new.jsx", "assets/b.css", "locale/ru/c.po", "rxconfig.py", "uv.lock"]
)
def test_every_input_counts(tree: Path, name: str):
    before = building.fingerprint()
    (tree / name).write_text("changed")
    assert building.fingerprint() != before


def test_what_is_no_input_does_not_count(tree: Path):
    before = building.fingerprint()
    for name in ("exchange_app/__pycache__/a.cpython-311.pyc", "assets/external/x/y.jsx", "README.md"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("x")
    assert building.fingerprint() == before


def test_fresh_only_with_stamp_and_pages(tree: Path):
    assert not building.is_fresh()
    building.STAMP.write_text(building.fingerprint())
    assert not building.is_fresh()
    building.CLIENT.mkdir()
    (building.CLIENT / "index.html").write_text("")
    assert building.is_fresh()
    (tree / "exchange_app/a.py").write_text("changed")
    assert not building.is_fresh()


def test_front_end_talks_to_where_it_came_from():
    """Also the contract with the framework's state.js: it must still have the one place that is changed."""
    import reflex_base

    template = Path(reflex_base.__file__).parent / ".templates/web/utils/state.js"
    plugin = building.SameOriginPlugin()
    patched = plugin.patched(template.read_text("utf-8"))
    assert "endpoint.host = window.location.host" in patched
    assert plugin.patched(patched) == patched
    with pytest.raises(RuntimeError, match="getBackendURL"):
        plugin.patched("something else")


@pytest.fixture
async def served(tmp_path: Path, settings_env: Callable[..., None]):
    settings_env(public_url="https://exchange.test")
    (tmp_path / "sign-in").mkdir()
    (tmp_path / "sign-in/index.html").write_text("")

    async def answer(request):
        return PlainTextResponse(request.url.path)

    app = SecurityHeaders(PageAddresses(Starlette(routes=[Route("/{path:path}", answer)]), tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://exchange.test") as client:
        yield client


async def test_headers_of_every_answer(served: httpx.AsyncClient):
    headers = (await served.get("/sign-in")).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "wss://exchange.test" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["strict-transport-security"]
    assert headers["cache-control"] == "no-cache"


async def test_hashed_files_are_kept_by_the_browser(served: httpx.AsyncClient):
    assert "immutable" in (await served.get("/assets/app-abc123.js")).headers["cache-control"]


async def test_a_page_needs_no_trailing_slash(served: httpx.AsyncClient):
    assert (await served.get("/sign-in")).text == "/sign-in/"
    assert (await served.get("/join/token")).text == "/join/token"
