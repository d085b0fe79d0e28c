// The tour over the live page (driver.js, loaded only when it starts).
import { useEffect, useRef } from "react";

const HOMES = ["/operator", "/manager", "/customer"];
const BUSY = ".strip.st-amber, .strip.st-blue, .strip.st-red, [role=alertdialog], .strip:has(.btn.red)";
const visible = (node) => node && node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
const find = (selector) => [...document.querySelectorAll(selector)].find(visible);

// Samples of what is not on the page yet: the same classes as the real thing, words from the catalogue.
function sample(kind, w) {
  const made = document.createElement("div");
  made.className = "tour-sample";
  made.setAttribute("aria-hidden", "true");
  const add = (tag, name, text) => { const node = made.appendChild(document.createElement(tag)); node.className = name; node.textContent = text ?? ""; return node; };
  if (kind === "strip") { add("b", "", w.ready); add("span", "btn solid", w.call); add("kbd", "", "C"); }
  if (kind === "answers") { add("span", "btn line", w.yes); add("kbd", "", "1"); add("span", "btn line", w.no); add("kbd", "", "2"); }
  if (kind === "note") add("span", "in", w.note);
  if (kind === "cords") { add("b", "badge k-amber", w.contact); add("span", "m", "♪"); add("b", "badge k-accent", w.you); add("span", "m", "↔"); add("b", "badge k-blue", w.manager); }
  if (kind === "ended") { add("kbd", "", "1"); add("span", "", w.success); add("kbd", "", "2"); add("span", "", w.refused); }
  return made;
}

async function show({ stops, words, onEnd }) {
  const { driver } = await import("driver.js");
  await import("driver.js/dist/driver.css");
  const before = document.activeElement;
  let ended = false;
  const end = () => { if (ended) return; ended = true; observer.disconnect(); onEnd(); before?.focus?.(); };
  const guide = driver({
    showProgress: true, progressText: words.progress, nextBtnText: words.next, prevBtnText: words.back, doneBtnText: words.done,
    animate: !matchMedia("(prefers-reduced-motion: reduce)").matches, allowClose: true, overlayOpacity: 0.5, stagePadding: 6, popoverClass: "exchange-tour",
    steps: stops.map(({ at, title, words: said, sample: kind }) => {
      const there = find(at);
      // What is pointed at is no button: the library's words for one would be wrong on it.
      const plain = (node) => node && ["aria-expanded", "aria-haspopup", "aria-controls"].forEach((name) => node.removeAttribute(name));
      return { element: there ? () => find(at) ?? document.body : undefined, popover: { title, description: said, onPopoverRender: (popover) => {
        popover.closeButton.setAttribute("aria-label", words.close);
        setTimeout(() => { plain(find(at)); popover.nextButton.focus(); });
        if (!there && kind) popover.description.after(sample(kind, words));
      } }, there, kind };
    }).filter((stop) => stop.there || stop.kind),
    onDestroyed: end,
    // Closed while it still moves to its first stop, the library would not say that it has ended.
    onDestroyStarted: () => { guide.destroy(); end(); },
  });
  // A call that comes is more important than any tour.
  const observer = new MutationObserver(() => { if (document.querySelector(BUSY)) { guide.destroy(); end(); } });
  observer.observe(document.getElementById("main") ?? document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
  guide.drive();
  return guide;
}

export function Tour({ role, first, stops, words, onSeen }) {
  const guide = useRef(null), given = useRef({});
  given.current = { stops, words, onEnd: () => { guide.current = null; onSeen?.(); } };
  const begin = () => { if (!guide.current && !document.querySelector(BUSY)) { guide.current = true; show(given.current).then((made) => { guide.current = made; }); } };
  useEffect(() => {
    if (!first || !HOMES.includes(location.pathname.replace(/\/$/, ""))) return;
    const timer = setTimeout(begin, 900); // the page draws itself first
    return () => clearTimeout(timer);
  }, [first, role]);
  useEffect(() => {
    const pressed = (event) => {
      if (!event.target.closest?.("#tour-button")) return;
      document.getElementById("account-menu")?.hidePopover?.();
      begin();
    };
    document.addEventListener("click", pressed);
    return () => { document.removeEventListener("click", pressed); guide.current?.destroy?.(); };
  }, []);
  return null;
}
