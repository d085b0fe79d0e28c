// What a check of sound measures: loudness in dB below full scale, the network's figures of an echo call, the relay.
import { figures } from "../control/line.js";

const FRAME_MS = 50;
export const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

// Loudness over a while: `told` gets each frame's, the answer is that of the given share of frames.
export async function loudness(stream, ms, share, told, stopped) {
  const context = new AudioContext(), analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(stream).connect(analyser);
  await context.resume();
  const samples = new Float32Array(analyser.fftSize), found = [];
  for (let past = 0; past < ms && !stopped(); past += FRAME_MS) {
    await wait(FRAME_MS);
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
    found.push(Math.max(-100, Math.min(0, Math.round(10 * Math.log10(Math.max(power, 1e-10))))));
    told(found.at(-1));
  }
  context.close();
  return found.length ? at(found.sort((a, b) => a - b), share) : -100;
}

// What is said, kept in the page only, to be listened to.
export function record(stream) {
  if (typeof MediaRecorder === "undefined") return { stop: async () => "" };
  const recorder = new MediaRecorder(stream), parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start();
  return { stop: () => new Promise((done) => { recorder.onstop = () => done(URL.createObjectURL(new Blob(parts, { type: recorder.mimeType }))); recorder.stop(); }) };
}

// Loss, jitter and round trip of a call that is up.
export async function network(connection, ms, told, stopped) {
  let before = await figures(connection), worst = { jitter: 0, trip: 0 }, received = 0, lost = 0;
  for (let past = 0; past < ms && !stopped(); past += 1000) {
    await wait(1000);
    const now = await figures(connection);
    if (!now || !before) continue;
    received += Math.max(0, now.received - before.received); lost += Math.max(0, now.lost - before.lost);
    worst = { jitter: Math.max(worst.jitter, now.jitter), trip: Math.max(worst.trip, now.trip) };
    before = now;
    told(worst.jitter);
  }
  const all = received + lost;
  return { loss_pm: all ? Math.round((1000 * lost) / all) : 1000, jitter_ms: Math.round(worst.jitter), trip_ms: Math.round(worst.trip) };
}

// Whether a relay answers; null when the exchange has none.
export async function relay(iceServers) {
  if (!iceServers?.length) return null;
  const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
  connection.addTransceiver("audio");
  const found = new Promise((done) => connection.addEventListener("icecandidate", ({ candidate }) => candidate?.type === "relay" && done(true)));
  await connection.setLocalDescription(await connection.createOffer());
  const answer = await Promise.race([found, wait(5000).then(() => false)]);
  connection.close();
  return answer;
}
