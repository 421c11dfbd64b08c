import { useLook } from "../api/queries.ts";
import { plain } from "../inert/inert.ts";
import type { IconName } from "../ui/icon.tsx";
import { NAV_PAGES } from "./pages.ts";

/** Something the palette can go to. */
export interface Place {
  readonly key: string;
  readonly group: string;
  readonly title: string;
  readonly icon: IconName;
  readonly href: string;
}

const NAMED_MAX = 200;

/** Kinds of id and where what they name is shown. */
const BY_ID: readonly { readonly id: RegExp; readonly at: string; readonly word: string }[] = [
  { id: /^act_[0-9a-hjkmnp-tv-z]{26}$/, at: "/actions/", word: "Action" },
  { id: /^apr_[0-9a-hjkmnp-tv-z]{26}$/, at: "/approvals/", word: "Approval" },
];

/** Everything the palette knows; `text` may itself be an id. */
export function usePlaces(text: string): readonly Place[] {
  const agents = useLook("/agents", { limit: NAMED_MAX }).data?.items ?? [];
  const servers = useLook("/servers", { limit: NAMED_MAX }).data?.items ?? [];
  const upstreams = useLook("/upstreams", { limit: NAMED_MAX }).data?.items ?? [];
  const models = useLook("/models", { limit: NAMED_MAX }).data?.items ?? [];
  const budgets = useLook("/budgets", { limit: NAMED_MAX }).data?.items ?? [];
  return [
    ...placesById(text.trim()),
    ...NAV_PAGES.map(({ path, title, icon }) => ({ key: path, group: "Pages", title, icon, href: path })),
    ...agents.map(({ name }) => named("Agents", "agents", name)),
    ...servers.map(({ name, transport }) =>
      transport === "api" ? named("APIs", "apis", name) : named("Servers", "servers", name),
    ),
    ...upstreams.map(({ name }) => named("Model upstreams", "models", name)),
    ...models.map(({ name, upstream }) => modelPlace(name, upstream)),
    ...budgets.map(({ name }) => named("Budgets", "budgets", name)),
    { key: "sign-out", group: "You", title: "Sign out", icon: "out", href: "" },
  ];
}

export function placesById(text: string): readonly Place[] {
  return BY_ID.filter(({ id }) => id.test(text)).map(({ at, word }) => ({
    key: `id ${text}`,
    group: "By id",
    title: `${word} ${text}`,
    icon: "right",
    href: `${at}${text}`,
  }));
}

type Section = "agents" | "servers" | "apis" | "models" | "budgets";

/** Another's name in one plain line: what would show as nothing is named here too (T19). */
function named(group: string, section: Section, name: string): Place {
  const href = `/${section}/${encodeURIComponent(name)}`;
  const icon = section === "apis" ? "api" : section;
  return { key: `${section} ${name}`, group, title: plain(name), icon, href };
}

/** A model has no page of its own: it goes to where its name does. */
function modelPlace(name: string, upstream: string): Place {
  const href = `/models?${new URLSearchParams({ name })}`;
  return { key: `model ${upstream}/${name}`, group: "Models", title: plain(name), icon: "models", href };
}
