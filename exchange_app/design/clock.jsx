// Clocks that run in the browser on the server's time, one beat a second for all of them.
import { useNow } from "$/utils/i18n";

const pad = (n) => String(n).padStart(2, "0");
export const figures = (ms) => {
  const s = Math.max(0, Math.floor(ms / 1000)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  return h ? `${h}:${pad(m)}:${pad(s % 60)}` : `${m}:${pad(s % 60)}`;
};

// since: counts up from it; until: counts down to it. Epoch milliseconds of the server.
export function Clock({ since, until, end }) {
  const now = useNow();
  if (!now || (!since && !until)) return <b>–:––</b>;
  const stopped = end || now;
  return <b role="timer" aria-live="off">{figures(until ? until - stopped + 999 : stopped - since)}</b>;
}

// Fills clockwise from start to end; the mark is where the warning tone sounds, amber after it.
export function LimitRing({ start, end, warning, tone = "accent", stop, countdown = false, children }) {
  const now = useNow(), at = stop || now, round = 2 * Math.PI * 24;
  const share = start && end && now ? Math.min(1, Math.max(0, (at - start) / (end - start))) : 0;
  const mark = start && end && warning ? (warning - start) / (end - start) : null;
  const colour = warning && now && at >= warning ? "amber" : tone;
  const angle = mark === null ? 0 : mark * 360 - 90;
  return (
    <div className="clock">
      <svg viewBox="0 0 56 56" aria-hidden="true">
        <circle cx="28" cy="28" r="24" fill="none" stroke="var(--gray-line)" strokeWidth="6" />
        <circle cx="28" cy="28" r="24" fill="none" stroke={`var(--${colour})`} strokeWidth="6"
          strokeDasharray={`${share * round} ${round}`} transform="rotate(-90 28 28)" />
        {mark === null ? null : <path d="M47 28h10" stroke="var(--text)" strokeWidth="2" transform={`rotate(${angle} 28 28)`} />}
      </svg>
      <div>
        {countdown ? <Clock until={end} end={stop} /> : <Clock since={start} end={stop} />}
        <span>{children}</span>
      </div>
    </div>
  );
}
