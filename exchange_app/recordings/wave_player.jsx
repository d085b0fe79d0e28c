// A recording as two waves on prepared peaks: the operator above, the contact below; silence skipped, notes pinned.
import { useEffect, useRef, useState } from "react";
import { useText } from "$/utils/i18n";

const SPEEDS = [0.75, 1, 1.25, 1.5, 2], SPEED_KEY = "listening-speed", SKIP_KEY = "listening-skip";
const EDGE_MS = 300, LONG_MS = 2000; // a breath of each silence is left; shorter ones are part of a talk
const kept = (key, otherwise) => { try { return localStorage.getItem(key) ?? otherwise; } catch { return otherwise; } };
const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a private window */ } };
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const clock = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;

function waves(packed) { // base64 of bytes, contact and operator in turn
  const raw = atob(packed ?? ""), operator = [], contact = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    contact.push(raw.charCodeAt(i) / 255);
    operator.push(raw.charCodeAt(i + 1) / 255);
  }
  return [operator, contact];
}
const look = () => ({
  cursorColor: colour("text"), cursorWidth: 2,
  splitChannels: [
    { waveColor: colour("accent-line"), progressColor: colour("accent") },
    { waveColor: colour("blue-line"), progressColor: colour("blue") },
  ],
});

// Moves the player that is on the page.
export const seek = (ms) => window.dispatchEvent(new CustomEvent("player-seek", { detail: ms }));

export function SeekTo({ at, label, children }) {
  return <button type="button" className="btn ghost" aria-label={label} onClick={() => seek(at)}>{children ?? clock(at)}</button>;
}

export function WavePlayer({ src, peaks, durationMs, silences, notes, onNote, noting = true }) {
  const t = useText(), say = (text, values) => t(text, text, values);
  const box = useRef(null), wave = useRef(null), audio = useRef(null), quiet = useRef([]);
  const [at, setAt] = useState(0), [playing, setPlaying] = useState(false), [fault, setFault] = useState(false);
  const [speed, setSpeed] = useState(() => Number(kept(SPEED_KEY, "1")) || 1);
  const [skip, setSkip] = useState(() => kept(SKIP_KEY, "on") === "on"), skips = useRef(skip);
  skips.current = skip;
  quiet.current = (silences ?? []).filter(([from, to]) => to - from >= LONG_MS);
  const skipped = quiet.current.reduce((sum, [from, to]) => sum + to - from - 2 * EDGE_MS, 0);

  useEffect(() => {
    let gone = false, watch;
    (async () => {
      const { default: WaveSurfer } = await import("wavesurfer.js"); // only a page with a recording needs it
      if (gone || !box.current) return;
      const made = WaveSurfer.create({
        container: box.current, media: audio.current, peaks: waves(peaks), duration: durationMs / 1000, url: src,
        height: 72, barWidth: 2, barGap: 1, barRadius: 2, normalize: false, hideScrollbar: true, ...look(),
      });
      wave.current = made;
      watch = new MutationObserver(() => made.setOptions(look()));
      watch.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
    })();
    return () => { gone = true; watch?.disconnect(); wave.current?.destroy(); wave.current = null; };
  }, [src, peaks, durationMs]);
  useEffect(() => { if (audio.current) { audio.current.playbackRate = speed; audio.current.preservesPitch = true; } keep(SPEED_KEY, String(speed)); }, [speed, src]);
  // Whoever opens a call works on it by the keyboard.
  useEffect(() => document.getElementById("player-play")?.focus(), [src]);
  useEffect(() => keep(SKIP_KEY, skip ? "on" : "off"), [skip]);

  const move = (ms) => {
    const to = Math.max(0, Math.min(ms, durationMs));
    if (audio.current) audio.current.currentTime = to / 1000;
    setAt(to);
  };
  useEffect(() => {
    const hear = (e) => move(Number(e.detail) || 0);
    window.addEventListener("player-seek", hear);
    return () => window.removeEventListener("player-seek", hear);
  }, [durationMs]);

  const tick = () => {
    const ms = (audio.current?.currentTime ?? 0) * 1000;
    const silence = !audio.current?.paused && skips.current && quiet.current.find(([from, to]) => ms >= from + EDGE_MS && ms < to - EDGE_MS);
    if (silence) return move(silence[1] - EDGE_MS);
    setAt(ms);
  };
  const toggle = () => {
    const one = audio.current;
    if (!one) return;
    if (!one.paused) return one.pause();
    // A link is good for some minutes only: after a fault it is asked for anew, and goes on from here.
    if (fault) { const from = at; setFault(false); one.load(); one.currentTime = from / 1000; one.playbackRate = speed; }
    one.play().catch(() => setFault(true));
  };
  const faster = () => setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length]);
  const place = (ms) => `${Math.max(0, Math.min(100, (ms / Math.max(durationMs, 1)) * 100))}%`;

  return (
    <div className="wv" role="group" aria-label={say("Recording")}>
      <div className="row sb s w">
        <span className="row g3">
          <span className="lg op">{say("Operator, above")}</span><span className="lg co">{say("Contact, below")}</span>
        </span>
        <span><b className="nw">{say("{at} of {length}", { at: clock(at), length: clock(durationMs) })}</b>
          {skip && skipped >= 1000 ? <span className="m"> {say("{n} s of silence skipped", { n: Math.round(skipped / 1000) })}</span> : null}</span>
      </div>
      <div className="waves" style={{ position: "relative", marginTop: 26 }}>
        <div ref={box} aria-hidden="true" />
        {quiet.current.map(([from, to]) => (
          <i key={from} className="gap" aria-hidden="true" style={{ left: place(from), width: `calc(${place(to)} - ${place(from)})` }} />
        ))}
        {(notes ?? []).map((note, i) => (
          <button key={note.id} type="button" className="pin" style={{ left: place(note.at_ms) }} onClick={() => move(note.at_ms)}
            title={note.words} translate="no" aria-label={say("Note {n} at {at}", { n: i + 1, at: clock(note.at_ms) })}>{i + 1}</button>
        ))}
      </div>
      {fault ? <p className="err" role="alert">{say("The recording cannot be heard just now. Press play to try again.")}</p> : null}
      <audio ref={audio} preload="metadata" onTimeUpdate={tick} onPlay={() => setPlaying(true)} onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)} onError={() => { setPlaying(false); setFault(true); }} />
      <div className="row w" style={{ marginTop: 8 }}>
        <button id="player-play" type="button" className="btn solid" onClick={toggle}>{playing ? say("Pause") : say("Play")} <kbd>{say("Space")}</kbd></button>
        <button id="player-back" type="button" className="btn line" onClick={() => move(at - 5000)} aria-label={say("Back 5 seconds")}>−5 <kbd>J</kbd></button>
        <button id="player-on" type="button" className="btn line" onClick={() => move(at + 5000)} aria-label={say("Forward 5 seconds")}>+5 <kbd>L</kbd></button>
        <button id="player-speed" type="button" className="btn line" onClick={faster} aria-label={say("Speed {n}", { n: speed })}>{t.number(speed)}× <kbd>V</kbd></button>
        <button id="player-skip" type="button" className="btn line" aria-pressed={skip} onClick={() => setSkip(!skip)}>{skip ? say("Silence is skipped") : say("Silence is heard")} <kbd>S</kbd></button>
        {noting ? <button id="player-note" type="button" className="btn line" onClick={() => onNote?.(Math.round(at))}>{say("Note")} <kbd>N</kbd></button> : null}
      </div>
    </div>
  );
}
