import { useState } from "react";
import { IconButton } from "../ui/button.tsx";
import type { IconName } from "../ui/icon.tsx";
import { announce } from "../ui/toast.tsx";
import { keptTheme, setTheme, type Theme } from "./theme.ts";

const NEXT: { readonly [theme in Theme]: { readonly theme: Theme; readonly icon: IconName } } = {
  system: { theme: "light", icon: "system" },
  light: { theme: "dark", icon: "sun" },
  dark: { theme: "system", icon: "moon" },
};

/** As the machine is set, light, dark: one after the other. */
export function ThemeButton() {
  const [theme, setShown] = useState(keptTheme);
  const turn = (): void => {
    const { theme: next } = NEXT[theme];
    setTheme(next);
    setShown(next);
    announce(`Theme: ${next}`);
  };
  return <IconButton label={`Theme: ${theme}`} icon={NEXT[theme].icon} onPress={turn} />;
}
