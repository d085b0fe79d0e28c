"""Finds words on a page that did not come from the catalogue: in the pseudo-language all that did stand in ⟦ ⟧."""

from typing import Any

COOKIE: dict[str, str] = {"name": "lang", "value": "qps", "path": "/"}
"""Set it, with a `domain`, before opening the page."""

SCRIPT = r"""() => {
  const out = [], inner = (s) => s.replace(/⟦[^⟦⟧]*⟧/gu, "");
  const all = (s) => inner(s) === s ? s : all(inner(s)), bad = (s) => /\p{L}{2}/u.test(all(s).replace(/ alt\+T$/, ""));
  const ours = (e) => e && !e.closest("script,style,noscript,[translate=no],[data-sonner-toaster]");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (ours(node.parentElement) && bad(node.data)) out.push(node.data.trim());
  }
  for (const e of document.querySelectorAll("[placeholder],[title],[aria-label],[alt]"))
    for (const name of ["placeholder", "title", "aria-label", "alt"]) {
      const value = e.getAttribute(name);
      if (value && ours(e) && bad(value)) out.push(`${name}: ${value}`);
    }
  return out;
}"""


async def bare_words(page: Any) -> list[str]:
    """Texts and spoken attributes outside the brackets, on an asynchronous Playwright page.

    What people typed is marked `translate=no`.
    """
    return await page.evaluate(SCRIPT)
