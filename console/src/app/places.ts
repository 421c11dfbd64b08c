import { useLook } from "../api/queries.ts";
import { segments } from "../inert/inert.ts";
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
  return [
    ...placesById(text.trim()),
    ...NAV_PAGES.map(({ path, title, icon }) => ({ key: path, group: "Pages", title, icon, href: path })),
    ...agents.map(({ id, name }) => named("Agents", "agents", { key: id, name, param: "agent" })),
    ...servers.map(({ name }) =>
      named("Servers", "servers", { key: `server ${name}`, name, param: "server" }),
    ),
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

/** Another's name in one plain line: what would show as nothing is named here too (T19). */
function named(
  group: string,
  icon: IconName,
  { key, name, param }: { readonly key: string; readonly name: string; readonly param: string },
): Place {
  const title = segments(name)
    .map(({ text }) => text)
    .join("");
  return { key, group, title, icon, href: `/?${new URLSearchParams({ [param]: name })}` };
}
