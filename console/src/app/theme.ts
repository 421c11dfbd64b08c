/** `system`: as the machine is set. */
export type Theme = "system" | "light" | "dark";

const THEME = "doorward-theme";

export function keptTheme(): Theme {
  const kept = localStorage.getItem(THEME);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(THEME);
  else localStorage.setItem(THEME, theme);
  applyTheme();
}

export function applyTheme(): void {
  const theme = keptTheme();
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
