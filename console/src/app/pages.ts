import type { IconName } from "../ui/icon.tsx";

/** A page that the navigation, the palette and the shortcuts know. */
export interface NavPage {
  readonly path:
    | "/"
    | "/approvals"
    | "/agents"
    | "/delegations"
    | "/grants"
    | "/duties"
    | "/vault"
    | "/stops"
    | "/statistics"
    | "/channels"
    | "/servers"
    | "/apis"
    | "/hosts"
    | "/models"
    | "/fleet"
    | "/policy"
    | "/budgets"
    | "/sign-ins";
  readonly title: string;
  readonly icon: IconName;
  /** After `g`: where the keyboard goes. */
  readonly key: string;
}

/** In the order of the navigation. A page is added here, in router.tsx, and in `SECTIONS` of src/api/pages.ts. */
export const NAV_PAGES: readonly NavPage[] = [
  { path: "/", title: "Activity", icon: "activity", key: "a" },
  { path: "/approvals", title: "Approvals", icon: "approvals", key: "p" },
  { path: "/agents", title: "Agents", icon: "agents", key: "g" },
  { path: "/servers", title: "Servers", icon: "servers", key: "s" },
  { path: "/apis", title: "APIs", icon: "api", key: "e" },
  { path: "/hosts", title: "Hosts", icon: "globe", key: "h" },
  { path: "/models", title: "Models", icon: "models", key: "m" },
  { path: "/fleet", title: "Fleet", icon: "system", key: "f" },
  { path: "/policy", title: "Policy", icon: "policy", key: "r" },
  { path: "/budgets", title: "Budgets", icon: "budgets", key: "b" },
  { path: "/delegations", title: "Delegations", icon: "delegations", key: "d" },
  { path: "/grants", title: "Grants", icon: "check", key: "t" },
  { path: "/duties", title: "Duties", icon: "duties", key: "u" },
  { path: "/statistics", title: "Statistics", icon: "ledger", key: "x" },
  { path: "/channels", title: "Channels", icon: "out", key: "c" },
  { path: "/vault", title: "Credentials", icon: "key", key: "k" },
  { path: "/stops", title: "Stops", icon: "pause", key: "o" },
  { path: "/sign-ins", title: "Sign-ins", icon: "people", key: "i" },
];

/** On a phone, the first ones stand in the bar; the others behind "More". */
export const BAR_PAGES = 4;
