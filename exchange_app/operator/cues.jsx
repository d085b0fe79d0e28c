// The icon of the tab and short sounds, by the state of the call.
import { useEffect, useRef } from "react";
import { useNow } from "$/utils/i18n";

// Shapes that differ without colour: dot, arrow, bars, two bars, pen stroke, cross.
const SHAPES = {
  off_shift: '<circle cx="16" cy="16" r="5" fill="none" stroke="#fff" stroke-width="3"/>',
  connecting: '<path d="M8 16h4m4 0h1m4 0h3" stroke="#fff" stroke-width="4" stroke-linecap="round"/>',
  ready: '<circle cx="16" cy="16" r="6" fill="#fff"/>',
  ringing: '<path d="M10 22 22 10m-9 0h9v9" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>',
  talking: '<path d="M9 13v6m7-11v16m7-11v6" stroke="#fff" stroke-width="4" stroke-linecap="round"/>',
  transferring: '<path d="M8 16h12m-5-6 6 6-6 6m10-13v14" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/>',
  wrap_up: '<path d="M9 23l2-6 9-9 4 4-9 9z" fill="#fff"/>',
  connection_lost: '<path d="M10 10l12 12m0-12L10 22" stroke="#fff" stroke-width="4" stroke-linecap="round"/>',
};
const COLOURS = { accent: "#0b7a6b", amber: "#9a5b00", red: "#c2281f", blue: "#2a5dbd", gray: "#57544e" };

// Notes as [Hz, seconds from the beginning, seconds long]; each under half a second and quiet.
const SOUNDS = {
  talking: [[660, 0, 0.09], [880, 0.1, 0.12]],
  wrap_up: [[660, 0, 0.09], [440, 0.1, 0.12]],
  connection_lost: [[330, 0, 0.14], [330, 0.2, 0.14]],
  tick: [[740, 0, 0.06]],
};
const KEY = "cues";
const off = () => { try { return localStorage.getItem(KEY) === "off"; } catch { return false; } };
let context;

function play(name) {
  const notes = SOUNDS[name];
  // Without a press on the page a browser plays nothing, and says so on the console.
  if (!notes || off() || !navigator.userActivation?.hasBeenActive) return;
  context ??= new AudioContext();
  context.resume();
  for (const [pitch, after, length] of notes) {
    const tone = context.createOscillator(), volume = context.createGain(), at = context.currentTime + after;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.06, at + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + length);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + length);
  }
  window.lastCue = name; // for who looks into it: tests, support
}

function Tick({ at }) {
  const now = useNow(), told = useRef(0);
  useEffect(() => {
    const left = at - now;
    if (now && told.current !== at && left > 0 && left <= 3000) { told.current = at; play("tick"); }
  }, [now, at]);
  return null;
}

export function StateCues({ state, tone, dials }) {
  const before = useRef(null);
  useEffect(() => {
    const icon = document.querySelector("link[rel~=icon]"), first = icon?.href;
    return () => { if (icon) icon.href = first; };
  }, []);
  useEffect(() => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${COLOURS[tone] ?? COLOURS.gray}"/>${SHAPES[state] ?? SHAPES.off_shift}</svg>`;
    const icon = document.querySelector("link[rel~=icon]");
    if (icon) icon.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    if (before.current !== null && before.current !== state) play(state);
    before.current = state;
  }, [state, tone]);
  return dials ? <Tick at={dials} /> : null;
}

export function SoundSwitch({ label }) {
  return (
    <label className="sw">
      <input type="checkbox" role="switch" defaultChecked={!off()} onChange={(e) => localStorage.setItem(KEY, e.target.checked ? "on" : "off")} />
      <i aria-hidden="true" /><span>{label}</span>
    </label>
  );
}
