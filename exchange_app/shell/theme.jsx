// Applies the account's theme once it is known, and again when it is chosen.
import { useContext, useEffect } from "react";
import { ColorModeContext } from "$/utils/context-registry";

export function ThemeKeeper({ theme }) {
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  useEffect(() => { if (theme && theme !== rawColorMode) setColorMode(theme); }, [theme]);
  return null;
}

export function ThemeSwitch({ label, wide, onChoose }) {
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  const next = { system: "light", light: "dark", dark: "system" }[rawColorMode] ?? "light";
  return (
    <button type="button" className={wide ? "only-m" : "ib no-m"} aria-label={label} title={label} data-theme={rawColorMode}
      onClick={() => { setColorMode(next); onChoose?.(next); }}>
      <svg className="lucide" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
        <circle cx="12" cy="12" r="9" />
        <path d={rawColorMode === "system" ? "M12 3a9 9 0 0 1 0 18z" : rawColorMode === "dark" ? "M12 3a9 9 0 0 1 0 18a9 9 0 0 1 0-18z" : ""} fill="currentColor" />
      </svg>
      {wide ? label : null}
    </button>
  );
}
