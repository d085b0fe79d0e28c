import { createElement, Fragment, useSyncExternalStore } from "react";
/*CATALOGUES*/ // const DEFAULT, SOURCE, TEXTS, PLURAL
const made = new Map();
const intl = (Kind, lang, options) => {
  const key = Kind.name + lang + JSON.stringify(options);
  return made.get(key) ?? made.set(key, new Kind(lang, options)).get(key);
};
function translator(lang) {
  const pseudo = lang === "qps", bcp = lang === "ru" ? "ru" : "en-GB", texts = TEXTS[lang] ?? {};
  const wrap = (s) => (pseudo ? `⟦${s}⟧` : s);
  const number = (v, o) => intl(Intl.NumberFormat, bcp, o).format(v);
  const show = (v) => (typeof v === "number" ? number(v) : (v ?? ""));
  const fill = (s, vars) => (vars ? s.replace(/\{(\w+)\}/g, (m, k) => (k in vars ? show(vars[k]) : m)) : s);
  const t = (key, id, vars) => wrap(fill(texts[key]?.[0] ?? id, vars));
  t.n = (key, one, many, n, vars) => {
    const forms = texts[key]; // a fraction takes the second form: 1,5 звонка
    return wrap(fill(forms ? forms[Number.isInteger(n) ? PLURAL[lang](n) : 1] : n === 1 ? one : many, { n, ...vars }));
  };
  t.rich = (key, id, nodes) =>
    createElement(Fragment, null, ...(texts[key]?.[0] ?? id).split(/\{(\w+)\}/).map((s, i) => (i % 2 ? nodes[s] : s && wrap(s))));
  t.number = (v, o) => wrap(number(v, o));
  t.money = (minor, currency) => {
    const f = intl(Intl.NumberFormat, bcp, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
    return wrap(f.format(minor / 10 ** f.resolvedOptions().maximumFractionDigits));
  };
  t.date = (iso, o) => (iso ? wrap(intl(Intl.DateTimeFormat, bcp, o).format(new Date(iso))) : "");
  return t;
}
const made_t = {}, of = (lang) => (made_t[lang] ??= translator(lang)); // one identity per language: hooks' deps work
const browser = typeof document !== "undefined", listeners = new Set(), ticking = new Set();
let now = browser ? document.documentElement.lang : DEFAULT, second = 0, offset = 0, timer;
export const serverNow = () => Date.now() + offset; // the server's clock, as told when the page was entered
const listen = (f) => {
  listeners.add(f);
  if (browser) requestAnimationFrame(() => document.documentElement.classList.remove("i18n-wait"));
  return () => listeners.delete(f);
};
export const useText = () => of(useSyncExternalStore(listen, () => now, () => DEFAULT));
const beat = () => { second = serverNow(); ticking.forEach((f) => f()); };
const tick = (f) => {
  if (!ticking.size) { second = serverNow(); timer = setInterval(beat, 1000); }
  ticking.add(f);
  return () => { ticking.delete(f); if (!ticking.size) clearInterval(timer); };
};
export const useNow = () => useSyncExternalStore(tick, () => second, () => 0);
if (browser) window.i18n = { t: (...a) => of(now)(...a), clock(ms) { offset = ms - Date.now(); }, set(lang, surely = false) {
  if (now === "qps" && lang !== "qps" && !surely) return; // the pseudo-language of the tests stays
  now = document.documentElement.lang = lang;
  document.cookie = `lang=${lang};path=/;max-age=31536000;samesite=lax`;
  listeners.forEach((f) => f());
} };
