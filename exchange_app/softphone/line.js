// The page as a telephone: SIP over WebSocket and WebRTC (JsSIP). One line a page load; it outlives moves between pages.
// What figures of the last seconds mean: [verdict, loss %, jitter ms, round trip ms], the first row that fits from the top.
// From ITU-T G.107/G.114: Opus hides about 3 % loss; above 150 ms people begin to interrupt each other, above 300 they do.
export const QUALITY = [
  ["bad", 8, 80, 500],
  ["weak", 3, 30, 300],
];
const TELL_MS = 30000;
const STATS_MS = 5000, RENEW_BEFORE_MS = 120000, FIRST_RETRY_MS = 1000, LONGEST_RETRY_MS = 30000;
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const KEPT = "exchange.line"; // chosen devices, volume

export function verdict({ loss, jitter, trip }) {
  for (const [name, mostLoss, mostJitter, mostTrip] of QUALITY)
    for (const [what, value, most] of [["loss", loss, mostLoss], ["jitter", jitter, mostJitter], ["trip", trip, mostTrip]])
      if (value > most) return { name, what };
  return { name: "good", what: "" };
}

const kept = () => { try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; } };
const keep = (values) => { try { localStorage.setItem(KEPT, JSON.stringify({ ...kept(), ...values })); } catch { /* private window */ } };

const MIC_FAULTS = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy", AbortError: "busy" };

export class Line {
  // phase: off | telephone | asking | fault | connecting | ready | rings | talking | elsewhere
  constructor(role) {
    this.role = role;
    this.view = { phase: "off", fault: "", kind: "", muted: false, volume: kept().volume ?? 1, quality: null, devices: { microphones: [], speakers: [] },
      microphone: "", speaker: kept().speaker ?? "", silent: false };
    this.listeners = new Set();
    this.ua = this.session = this.stream = null;
    this.retry = FIRST_RETRY_MS;
    this.timers = {};
    this.id = Math.random().toString(36).slice(2);
    this.audio = null;
  }

  subscribe = (f) => { this.listeners.add(f); return () => this.listeners.delete(f); };
  snapshot = () => this.view;
  set(values) { this.view = { ...this.view, ...values }; this.listeners.forEach((f) => f()); }

  async start() {
    if (this.started) return;
    this.started = true;
    this.channel = new BroadcastChannel(`exchange-line-${this.role}`);
    this.channel.onmessage = ({ data }) => { if (data !== this.id) this.giveUp(); };
    navigator.mediaDevices?.addEventListener("devicechange", () => this.devicesChanged());
    addEventListener("beforeunload", this.asksBeforeLeaving);
    addEventListener("online", () => this.ua?.isConnected() || this.connectSoon(0));
    await this.open();
  }

  // The newest page of a person is the telephone; an older one says so and can take the line back.
  async open() {
    this.channel.postMessage(this.id);
    this.set({ phase: "asking", fault: "" });
    let told;
    try {
      const answer = await fetch(`/softphone/credentials?role=${this.role}`, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      told = await answer.json();
    } catch { return this.fail("server"); }
    if (told.rung_at !== "browser") return this.set({ phase: "telephone", kind: told.rung_at });
    if (!(await this.openMicrophone(kept().microphone))) return;
    await this.connect();
  }

  fail(fault) {
    this.set({ phase: "fault", fault });
    if (fault === "server") this.connectSoon(this.backOff(), true);
  }

  giveUp() {
    this.stop();
    this.set({ phase: "elsewhere" });
  }

  stop() {
    Object.values(this.timers).forEach(clearTimeout);
    clearInterval(this.statsTimer);
    const ua = this.ua;
    this.ua = null;
    ua?.stop();
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  // --- microphone and speaker ---

  async openMicrophone(wanted) {
    if (!navigator.mediaDevices?.getUserMedia || typeof RTCPeerConnection === "undefined") { this.fail("unsupported"); return false; }
    const ask = (id) => navigator.mediaDevices.getUserMedia({ audio: id ? { ...SOUND, deviceId: { exact: id } } : SOUND });
    let stream, gone = false;
    try {
      try { stream = await ask(wanted); }
      catch (error) {
        if (!wanted || MIC_FAULTS[error.name] !== "none") throw error;
        gone = true; // the chosen one is not plugged in: any other is better than none
        stream = await ask("");
      }
    } catch (error) { this.fail(MIC_FAULTS[error.name] ?? "busy"); return false; }
    const [track] = stream.getAudioTracks();
    track.enabled = !this.view.muted;
    track.addEventListener("ended", () => this.stream === stream && this.openMicrophone("").then((ok) => ok && this.set({ gone: true })));
    const before = this.stream;
    this.stream = stream;
    const sender = this.session?.connection?.getSenders().find((s) => s.track?.kind === "audio");
    if (sender) await sender.replaceTrack(track);
    before?.getTracks().forEach((t) => t.stop());
    this.meter = null;
    this.set({ microphone: track.getSettings().deviceId ?? "", gone });
    await this.listDevices();
    return true;
  }

  async listDevices() {
    const all = await navigator.mediaDevices.enumerateDevices();
    const of = (kind) => all.filter((d) => d.kind === kind).map((d) => ({ id: d.deviceId, name: d.label }));
    this.set({ devices: { microphones: of("audioinput"), speakers: of("audiooutput") } });
  }

  async devicesChanged() {
    await this.listDevices();
    if (this.view.phase === "fault" && ["none", "busy"].includes(this.view.fault)) await this.open();
    if (this.view.speaker && !this.view.devices.speakers.some((d) => d.id === this.view.speaker)) await this.chooseSpeaker("");
  }

  async chooseMicrophone(id) { keep({ microphone: id }); await this.openMicrophone(id); }

  async chooseSpeaker(id) {
    keep({ speaker: id });
    this.set({ speaker: id });
    try { await this.audio?.setSinkId?.(id); } catch { this.set({ speaker: "" }); }
  }

  setVolume(volume) { keep({ volume }); this.set({ volume }); if (this.audio) this.audio.volume = volume; }

  mute(muted = !this.view.muted) {
    this.stream?.getAudioTracks().forEach((track) => { track.enabled = !muted; });
    this.set({ muted });
  }

  // How loud the microphone is now, 0 to 1. Asked for by a meter that is looked at.
  level() {
    if (!this.stream) return 0;
    if (!this.meter) {
      this.context ??= new AudioContext();
      const analyser = this.context.createAnalyser();
      analyser.fftSize = 1024;
      this.context.createMediaStreamSource(this.stream).connect(analyser);
      this.meter = { analyser, samples: new Float32Array(analyser.fftSize) };
    }
    this.context.resume();
    const { analyser, samples } = this.meter;
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
    return Math.min(1, Math.max(0, 1 + Math.log10(Math.max(power, 1e-6)) / 5)); // -50 dB to 0 dB
  }

  // --- the line ---

  backOff() {
    const wait = this.retry * (0.75 + Math.random() / 2);
    this.retry = Math.min(this.retry * 2, LONGEST_RETRY_MS);
    return wait;
  }

  connectSoon(wait, anew = false) {
    clearTimeout(this.timers.connect);
    this.timers.connect = setTimeout(() => (anew ? this.open() : this.connect()), wait);
  }

  async connect() {
    if (this.connecting) return;
    this.connecting = true;
    const before = this.ua;
    this.ua = null;
    before?.stop();
    if (this.view.phase !== "talking") this.set({ phase: "connecting", fault: "" });
    let told;
    try {
      const answer = await fetch(`/softphone/credentials?role=${this.role}`, { method: "POST", cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      told = await answer.json();
    } catch { this.connecting = false; return this.fail("server"); }
    this.iceServers = told.ice_servers;
    this.domain = told.domain;
    const { default: JsSIP } = await import("jssip"); // 60 kB that only a page with a line needs
    this.connecting = false;
    const ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(told.url)], uri: `sip:${told.username}@${told.domain}`, password: told.password, realm: told.realm,
      register_expires: 120, session_timers: false, user_agent: "exchange page", connection_recovery_min_interval: 1, connection_recovery_max_interval: 30,
    });
    this.ua = ua;
    const mine = (f) => (event) => { if (this.ua === ua) f(event); };
    ua.on("registered", mine(() => { this.retry = FIRST_RETRY_MS; if (!this.session) this.set({ phase: "ready", fault: "" }); }));
    ua.on("disconnected", mine(() => { if (!this.session) this.set({ phase: "connecting" }); }));
    // Another password may have been made meanwhile (a new shift, another page): ask for one of our own.
    ua.on("registrationFailed", mine(() => { if (!this.session) this.set({ phase: "connecting" }); this.connectSoon(this.backOff()); }));
    ua.on("newRTCSession", mine(({ session, request, originator }) => { if (originator === "remote") this.called(session, request); }));
    ua.start();
    clearTimeout(this.timers.renew);
    const left = told.valid_until_ms - Date.now() - RENEW_BEFORE_MS;
    if (left > 0 && left < 2 ** 31) this.timers.renew = setTimeout(() => this.session ? this.connectAfterTheCall = true : this.connect(), left);
  }

  called(session, request) {
    if (this.session && !this.session.isEnded()) {
      if (this.role === "manager") { session.terminate({ status_code: 486 }); return; }
      // The seat is called again: the switch has given up the leg before. Or another operator is listened to.
      const before = this.session;
      this.session = null;
      before.terminate();
    }
    this.session = session;
    const mine = (f) => (event) => { if (this.session === session) f(event); };
    session.on("peerconnection", ({ peerconnection }) => { peerconnection.addEventListener("track", ({ streams }) => this.play(streams[0])); });
    session.on("confirmed", mine(() => { this.set({ phase: "talking" }); this.watch(session); }));
    const over = mine(() => {
      this.session = null;
      clearInterval(this.statsTimer);
      this.set({ phase: this.ua?.isRegistered() ? "ready" : "connecting", quality: null });
      if (this.connectAfterTheCall) { this.connectAfterTheCall = false; this.connect(); }
    });
    session.on("ended", over);
    session.on("failed", over);
    // What the person asked for a moment ago is answered by itself.
    const asked = { operator: "X-Seat", moderator: "X-Listen" }[this.role];
    if (asked && request.getHeader(asked)) this.answer();
    else if (this.role === "moderator") session.terminate({ status_code: 486 });
    else this.set({ phase: "rings" });
  }

  answer() {
    if (!this.session || !this.stream) return;
    this.session.answer({ mediaStream: this.stream, pcConfig: { iceServers: this.iceServers ?? [] } });
  }

  play(stream) {
    this.audio ??= Object.assign(document.createElement("audio"), { autoplay: true });
    this.audio.volume = this.view.volume;
    this.audio.srcObject = stream;
    this.remote = stream;
    if (this.view.speaker) this.audio.setSinkId?.(this.view.speaker).catch(() => {});
    // A browser may want a press before it plays anything.
    this.audio.play().then(() => this.set({ silent: false }), () => this.set({ silent: true }));
  }

  listen() { this.audio?.play().then(() => this.set({ silent: false })); }

  watch(session) {
    clearInterval(this.statsTimer);
    let before = null;
    this.statsTimer = setInterval(async () => {
      const now = await figures(session.connection);
      if (now && before) {
        const received = now.received - before.received, lost = Math.max(0, now.lost - before.lost);
        const loss = received + lost ? (100 * lost) / (received + lost) : 100;
        this.set({ quality: { ...verdict({ loss, jitter: now.jitter, trip: now.trip }), loss, jitter: now.jitter, trip: now.trip } });
        this.tell();
      }
      before = now;
    }, STATS_MS);
  }

  // The shift keeps how its line was: told when the verdict changes, not oftener than every half minute.
  tell() {
    const { name, loss, jitter, trip } = this.view.quality, now = Date.now();
    if (this.role !== "operator" || name === (this.told ?? "good") || now - (this.toldAt ?? 0) < TELL_MS) return;
    this.told = name; this.toldAt = now;
    const body = JSON.stringify({ loss_pm: Math.min(1000, Math.round(loss * 10)), jitter_ms: Math.round(jitter), trip_ms: Math.round(trip) });
    fetch("/softphone/quality?role=operator", { method: "POST", body, headers: { "Content-Type": "application/json" } }).catch(() => {});
  }

  // A call to the exchange's echo: what is said comes back. Returns the session, or null when there is no line for it.
  echo({ up, over }) {
    if (!this.ua?.isRegistered() || this.session || !this.stream) return null;
    const session = this.ua.call(`sip:echo@${this.domain}`, { mediaStream: this.stream, pcConfig: { iceServers: this.iceServers ?? [] }, rtcOfferConstraints: { offerToReceiveAudio: true } });
    session.connection.addEventListener("track", ({ streams, track }) => this.play(streams[0] ?? new MediaStream([track])));
    session.on("confirmed", () => up(session));
    session.on("ended", () => over(""));
    session.on("failed", ({ cause }) => over(String(cause)));
    return session;
  }

  asksBeforeLeaving = (event) => { if (this.session?.isEstablished()) { event.preventDefault(); event.returnValue = ""; } };
}

export async function figures(connection) {
  if (!connection) return null;
  const found = { received: 0, lost: 0, jitter: 0, trip: 0 };
  const stats = await connection.getStats();
  stats.forEach((one) => {
    if (one.type === "inbound-rtp" && one.kind === "audio") Object.assign(found, { received: one.packetsReceived, lost: one.packetsLost, jitter: (one.jitter ?? 0) * 1000 });
    if (one.type === "candidate-pair" && one.nominated) found.trip = (one.currentRoundTripTime ?? 0) * 1000;
  });
  return found;
}

const lines = {};
export const lineOf = (role) => (lines[role] ??= new Line(role));
if (typeof window !== "undefined") window.exchangeLine = lineOf; // for who looks into it: tests, support
