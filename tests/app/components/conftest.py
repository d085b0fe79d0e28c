"""The JSX components alone in Chromium: bundled in a second, without the app."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from exchange_app.build import ROOT, WEB, build, environment, node_bin
from exchange_app.i18n.plugin import TextsPlugin
from launcher.chromium import ensure_chromium

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """harness.jsx and the components, as one script."""
    if not (WEB / "node_modules" / "rolldown").exists():
        build()
    folder = tmp_path_factory.mktemp("bundle")
    (_, texts), *_ = TextsPlugin().get_static_assets()
    (folder / "i18n.js").write_text(str(texts), "utf-8")
    (folder / "context-registry.js").write_text(
        'import { createContext } from "react"; export const ColorModeContext = createContext({});', "utf-8"
    )
    for source in (*(ROOT / "exchange_app/design").glob("*.jsx"), HERE / "harness.jsx"):
        shutil.copy(source, folder)
    (folder / "node_modules").symlink_to(WEB / "node_modules")
    (folder / "rolldown.config.mjs").write_text(
        'export default { input: "harness.jsx", platform: "browser",'
        ' resolve: { alias: { "$/utils/i18n": "./i18n.js", "$/utils/context-registry": "./context-registry.js" } },'
        ' transform: { define: { "process.env.NODE_ENV": JSON.stringify("production") } },'
        ' output: { file: "out.js", format: "iife" } };',
        "utf-8",
    )
    subprocess.run(
        [node_bin() / "node", WEB / "node_modules/rolldown/bin/cli.mjs", "-c", "rolldown.config.mjs"],
        cwd=folder, env=environment(), check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (folder / "out.js").read_text("utf-8")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For a module only: its event loop would be in the way of asynchronous tests elsewhere."""
    program = ensure_chromium(os.environ)["CHROMIUM"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def show(chromium: Browser, bundle: str) -> Iterator[Callable[..., Page]]:
    """`show("Keys", {...})` draws one component of harness.jsx; `window.calls` holds what it sent."""
    context = chromium.new_context(locale="en-GB", viewport={"width": 1000, "height": 700})
    style = (ROOT / "assets/exchange.css").read_text("utf-8")

    def draw(component: str, props: dict | None = None, before: str = "") -> Page:
        page = context.new_page()
        page.route("**/*", lambda route: route.fulfill(
            body=f"<!doctype html><html lang='en'><style>{style}</style><body><div id=root></div></body></html>",
            content_type="text/html; charset=utf-8"))  # fmt: skip
        page.goto("http://exchange.test/")
        page.evaluate(f"() => {{ {before} }}")
        page.add_script_tag(content=bundle)
        page.evaluate("([name, props]) => window.show(name, props)", [component, props or {}])
        return page

    yield draw
    context.close()
