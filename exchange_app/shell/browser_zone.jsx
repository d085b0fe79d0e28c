import { useEffect } from "react";

// Tells the page's handler, once, in which time zone its days begin.
export function BrowserZone({ onZone }) {
  useEffect(() => { onZone?.(Intl.DateTimeFormat().resolvedOptions().timeZone ?? ""); }, []);
  return null;
}
