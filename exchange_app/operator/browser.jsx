// What only the browser knows or can do for the operator's pages.
import { useEffect, useRef, useState } from "react";
import { useText, useNow } from "$/utils/i18n";

// What the clock says at the contact's, kept by the browser.
export function PlaceTime({ zone }) {
  const t = useText(), now = useNow();
  if (!now || !zone) return null;
  let time;
  try {
    time = t.date(now, { timeStyle: "short", timeZone: zone });
  } catch {
    return null; // a zone that this browser does not know
  }
  return <span style={{ display: "inline" }}>{t("{time} there", "{time} there", { time })}</span>;
}

// Moves the focus to a field each time `count` grows: where the first fault is.
export function FocusOn({ target, count }) {
  const seen = useRef(count);
  useEffect(() => {
    if (count === seen.current) return;
    seen.current = count;
    const timer = setTimeout(() => document.getElementById(target)?.focus(), 30); // a phone shows its pane first
    return () => clearTimeout(timer);
  }, [target, count]);
  return null;
}

export function ScrollTo({ target, count }) {
  const seen = useRef(count);
  useEffect(() => {
    if (count === seen.current) return;
    seen.current = count;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const timer = setTimeout(() => document.getElementById(target)?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" }), 30);
    return () => clearTimeout(timer);
  }, [target, count]);
  return null;
}

// Looks through the details of an element, in the browser: nothing goes to the server.
export function SearchIn({ id, target, placeholder, nothing }) {
  const [none, setNone] = useState(false);
  const rows = () => [...(document.getElementById(target)?.querySelectorAll("details") ?? [])];
  const look = (typed) => {
    const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const left = rows().filter((row) => !(row.hidden = !words.every((word) => row.textContent.toLocaleLowerCase().includes(word))));
    setNone(words.length > 0 && left.length === 0);
    return left;
  };
  const onKeyDown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const [first] = look(event.target.value);
    if (!first) return;
    first.open = true;
    first.querySelector("summary")?.focus();
  };
  return (
    <>
      <input id={id} type="search" className="in" placeholder={placeholder} autoComplete="off" onChange={(e) => look(e.target.value)} onKeyDown={onKeyDown} />
      <span className="hint" role="status">{none ? nothing : ""}</span>
    </>
  );
}

const STALE_MS = 60000;
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

// A grid of cards: arrow keys go from card to card, Enter on a card presses its main button. Asks for fresh cards when the
// page is looked at again, or touched after a minute; a page that nobody looks at asks for nothing.
export function CardGrid({ onStale, children, ...rest }) {
  const at = useRef(Date.now()), ask = useRef(onStale);
  ask.current = onStale;
  useEffect(() => {
    const fresh = (least) => {
      if (document.visibilityState !== "visible" || Date.now() - at.current < least) return;
      at.current = Date.now();
      ask.current?.();
    };
    const back = () => fresh(5000), touched = () => fresh(STALE_MS);
    document.addEventListener("visibilitychange", back);
    for (const name of ["pointermove", "keydown", "touchstart"]) window.addEventListener(name, touched, { passive: true });
    return () => {
      document.removeEventListener("visibilitychange", back);
      for (const name of ["pointermove", "keydown", "touchstart"]) window.removeEventListener(name, touched);
    };
  }, []);

  const onKeyDown = (event) => {
    const card = event.target.closest("[data-card]");
    if (!card || event.target.closest("select, input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target === card) {
      const main = card.querySelector("[data-main]");
      if (main) { event.preventDefault(); event.stopPropagation(); main.click(); }
      return;
    }
    const step = KEYS[event.key];
    if (!step) return;
    const from = card.getBoundingClientRect(), cards = [...event.currentTarget.querySelectorAll("[data-card]")];
    const distance = (other) => {
      const box = other.getBoundingClientRect();
      const along = step[0] ? (box.left - from.left) * step[0] : (box.top - from.top) * step[1];
      const aside = step[0] ? Math.abs(box.top - from.top) : Math.abs(box.left - from.left);
      return along <= 4 ? Infinity : along + aside * 3;
    };
    const next = cards.filter((c) => c !== card).map((c) => [distance(c), c]).sort((a, b) => a[0] - b[0])[0];
    // Past the end of a row the next card in order follows.
    const inOrder = cards[cards.indexOf(card) + (step[0] || step[1])];
    const found = next && next[0] < Infinity ? next[1] : inOrder;
    if (found) { event.preventDefault(); found.focus(); }
  };
  return <ul onKeyDown={onKeyDown} {...rest}>{children}</ul>;
}
