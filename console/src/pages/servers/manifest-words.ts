import type { Answer } from "../../api/client.ts";

export type Manifest = NonNullable<Answer<"/tools/get">["manifest"]>;

export const STANDINGS = {
  "in-force": { word: "in force", tone: "good" },
  shipped: { word: "in force, as shipped", tone: "good" },
  ready: { word: "ready, once the tool is accepted", tone: "wait" },
  stale: { word: "stale: the definition has changed", tone: "bad" },
  proposed: { word: "proposed", tone: "wait" },
  none: { word: "none", tone: "plain" },
} as const satisfies { readonly [S in Manifest["standing"]]: object };

export const DOES: { readonly [E in Manifest["effect"]]: string } = {
  read: "reads",
  fetch: "reads from an address that it is given",
  write: "changes data",
  book: "books or reserves",
  membership: "changes who belongs",
  send: "sends to others",
  account: "changes an account",
  money: "moves money",
  destroy: "destroys",
  execute: "runs commands",
  unknown: "nobody has said",
};

export const FOR: { readonly [role: string]: string } = {
  destination: "who or what receives",
  account: "where money goes",
  command: "what runs",
  path: "a place",
  selector: "what is acted on",
  amount: "how much",
  credential: "a secret that is set",
  profile: "what an account says of its holder",
  content: "what is written or sent",
  control: "how it is done",
  query: "what is looked for",
};

/** Where a manifest came from, in our own words; `shipped for …` names a client or a package of ours. */
export function fromWhere({ source }: Manifest): string {
  if (source === null) return "nobody yet";
  if (source === "proposed") return "its name and schema";
  return source === "edited" ? "a person, by hand" : source;
}

/** Whose words its results are, as sentences of our own: places and authors stand beside them as they are. */
export function resultsOf({ output }: Manifest): string[] {
  const base = output.integrity === "trusted" ? "nobody outside writes them" : "others may have written them";
  return [
    base,
    ...(output.inFolders === true ? ["trusted where the call stays in the session’s folders"] : []),
    ...(output.confidential === true ? ["for the user alone"] : []),
    ...(output.directory === true ? ["people that the organisation vouches for"] : []),
  ];
}

/** What stands in the page is what is accepted: a proposal, for the definition as it is. */
export function isToAccept({ standing, waiting }: Manifest): boolean {
  return waiting && (standing === "proposed" || standing === "stale");
}
