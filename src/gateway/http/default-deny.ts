import { decide, type PolicySet } from "#policy";
import type { Store } from "#store";
import { agentIdOf } from "../columns.ts";
import { factsIn } from "../agents.ts";
import { originIdentity, webServer } from "./names.ts";

/** A host that nobody can grant by name: RFC 2606, 2. */
const NOWHERE = { scheme: "https", host: "doorward-nobody-granted-this.invalid", port: 443 } as const;

export interface DefaultDenyOf {
  readonly store: Store;
  readonly policy: () => PolicySet | null;
}

/** Whether an agent reaches only hosts that were granted to it: what the vault lends needs a fence around it. */
export function createDefaultDeny({ store, policy }: DefaultDenyOf): (agent: string) => boolean {
  const facts = factsIn(store);
  return (agent) => {
    const set = policy();
    const known = facts(agent);
    if (set === null || known === null) return true;
    const server = webServer(NOWHERE);
    return (["http/read", "http/write"] as const).every((verb) => {
      const verdict = decide(set, {
        action: {
          door: "http",
          verb,
          target: { server, name: "/" },
          arguments: {},
          destination: { kind: "http-host", server, identity: originIdentity(NOWHERE) },
          chain: { user: null, agents: [agentIdOf(agent)] },
          agentVersion: null,
          model: null,
        },
        facts: { fingerprint: null, effects: ["read"] },
        principals: [known],
        stage: "enforce",
      });
      return verdict.kind === "deny";
    });
  };
}
