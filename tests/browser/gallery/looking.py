"""How a page is looked at: rules of access by axe, words outside the catalogue, what does not fit, a picture."""

from importlib.resources import files
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

from tests.app.pseudo_language import bare_words

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
WIDTHS = {1280: 900, 360: 780}
LOOKS = ((1280, "light", "ru"), (1280, "dark", "en"), (360, "light", "en"), (360, "dark", "ru"))
"""Width, theme, language: together every page is seen in each."""
RUN = """rules => axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]}).then(
  found => found.violations.map(v => `${v.id}: ${v.help}\\n` + v.nodes.slice(0, 4).map(n => {
    const why = n.failureSummary.replaceAll("\\n", " ").slice(0, 300);
    return `    ${n.target.join(" ")}  ${n.html.slice(0, 160)}\\n      ${why}`;
  }).join("\\n")))"""
SETTLED = """() => Promise.allSettled(document.getAnimations()
  .filter(one => one.effect?.getComputedTiming().endTime !== Infinity).map(one => one.finished))"""
TOO_WIDE = """() => {
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= most) return [];
  const beyond = e => e.getBoundingClientRect().right > most + 1 && getComputedStyle(e).position !== "fixed";
  return [...document.body.querySelectorAll("*")].filter(e => beyond(e) && !e.closest("[popover]"))
    .slice(-3).map(e => e.outerHTML.slice(0, 160));
}"""


async def dress(page: Page, width: int, theme: str, language: str) -> None:
    """The page at this width, in this theme and language."""
    await page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    await page.evaluate("lang => window.i18n.set(lang, true)", language)
    await page.wait_for_timeout(120)


async def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, once what fades in is there: half faded, no colour has its contrast."""
    await page.evaluate(SETTLED)
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE)
    return await page.evaluate(RUN, list(RULES))


async def unfit(page: Page) -> list[str]:
    """Elements that reach beyond the right edge of a page that scrolls sideways."""
    return [f"wider than the page: {one}" for one in await page.evaluate(TOO_WIDE)]


async def bare(page: Page, language: str) -> list[str]:
    """Words on the page that are not from the catalogue."""
    await page.evaluate("window.i18n.set('qps')")
    await page.wait_for_timeout(60)
    found = await bare_words(page)
    await page.evaluate("lang => window.i18n.set(lang, true)", language)
    return [f"not in the catalogue: {one}" for one in found]


async def picture(page: Page, folder: Path, name: str) -> None:
    """A picture for the documentation, small enough to be kept with the code."""
    shot = Image.open(BytesIO(await page.screenshot()))
    shot.convert("RGB").save(folder / f"{name}.webp", "WEBP", quality=45, method=6)
