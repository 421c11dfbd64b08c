import { type CallFrame, readProfile, sharesOf } from "./profile.ts";

// Where Doorward's time goes, from V8's own sampling profile: each sample belongs to the innermost frame that lies in a
// module of ours, or else to Node itself.

/** Modules to the duty that they do on the way of a call. */
const DUTIES: Readonly<Record<string, string>> = {
  "cedar-wasm": "decide",
  policy: "decide",
  budgets: "budgets",
  journal: "record",
  ledger: "record",
  store: "record",
  keys: "record",
  base: "digests and canonical JSON",
  wire: "read",
  llm: "read",
  identity: "authenticate",
  inference: "forward",
  egress: "forward",
  undici: "forward",
  gateway: "the road itself",
  main: "the road itself",
};

/** Share of busy time per duty, in percent; `node` is what no module of ours or undici asked for directly. */
export function dutiesOf(folder: string): Readonly<Record<string, number>> {
  const profile = readProfile(folder);
  if (profile === null) return {};
  const shares = sharesOf(profile, dutyOf);
  return Object.fromEntries(shares.map(([duty, share]) => [duty, Number((100 * share).toFixed(1))]));
}

function dutyOf({ functionName, url }: CallFrame): string | null {
  if (functionName === "(idle)") return "idle";
  if (functionName === "(garbage collector)") return "garbage collection";
  const module =
    /node_modules\/(?:@cedar-policy\/)?(cedar-wasm|undici)\//.exec(url)?.[1] ??
    /\/src\/([a-z-]+)\//.exec(url)?.[1];
  return module === undefined ? null : (DUTIES[module] ?? module);
}
