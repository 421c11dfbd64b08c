import { canonicalJson, digestOf, type JsonObject } from "#base";
import type { OperationContext } from "#operations";
import type { EntryDraft, EntryKind } from "#ledger";
import type { HeldAmbient } from "./ambient.ts";

/** What the gateway writes down of a decided action (src/gateway/drafts.ts), without asking anybody. */
export interface Recording {
  readonly agent: string;
  readonly tool: string;
  readonly values?: JsonObject;
  readonly verb?: string;
  readonly verdict?: "allow" | "hold" | "deny";
  readonly code?: string;
  readonly policies?: readonly string[];
  readonly effects?: readonly string[];
  readonly stage?: string;
  readonly user?: string | null;
  /** Recorded as an intent though it was not allowed: the agent is only observed, or people approved it. */
  readonly approval?: string;
  readonly flow?: JsonObject;
  readonly budget?: JsonObject;
  readonly fingerprint?: string | null;
  /** False: the payload is not there any more. */
  readonly isKept?: boolean;
}

const HERE = { kind: "mcp-server" } as const;

function actionOf({ agent, tool, values = {}, verb = "tools/call", user = null }: Recording): JsonObject {
  const slash = tool.indexOf("/");
  const target = { server: tool.slice(0, slash), name: tool.slice(slash + 1) };
  return {
    door: verb.startsWith("models/") ? "llm" : "mcp",
    verb,
    target,
    arguments: values,
    destination: { ...HERE, server: target.server, identity: digestOf(target.server) },
    chain: { user, agents: [agent] },
    agentVersion: null,
    model: null,
  };
}

function knownOf({ tool, fingerprint = null, budget, flow }: Recording): JsonObject {
  const slash = tool.indexOf("/");
  return {
    server: tool.slice(0, slash),
    name: tool.slice(slash + 1),
    tool: fingerprint,
    ...(budget === undefined ? {} : { budget }),
    ...(flow === undefined ? {} : { flow }),
  };
}

export function recordingOf(ambient: Pick<HeldAmbient, "id" | "now">, recording: Recording): EntryDraft {
  const given = { ...DEFAULTS, ...recording };
  const { agent, verdict, stage, approval, code, isKept } = given;
  const hasLeft = verdict === "allow" || stage === "observe" || approval !== null;
  const body: JsonObject = {
    agent,
    agents: [agent],
    user: given.user,
    session: "ses_1",
    stage,
    door: "mcp",
    verb: given.verb,
    ...knownOf(recording),
    effects: [...given.effects],
    verdict,
    policySet: digestOf("then"),
    policies: [...given.policies],
    ...(verdict === "deny" ? { code } : {}),
    ...(hasLeft ? { approval } : {}),
  };
  const bytes = Buffer.from(canonicalJson(actionOf(recording)));
  const payload = { name: "action", person: agent, salt: new Uint8Array(32), bytes };
  const kind: EntryKind = hasLeft ? "intent" : "verdict";
  return { kind, subject: ambient.id("act"), at: ambient.now(), body, payloads: isKept ? [payload] : [] };
}

const DEFAULTS = {
  verb: "tools/call",
  verdict: "allow",
  stage: "enforce",
  approval: null,
  user: null,
  effects: ["read"],
  policies: [],
  isKept: true,
  code: "no_permit",
} as const;

/** Appends it; answers the action's id. */
export async function recordAction(
  { ambient, journal }: Pick<OperationContext, "journal"> & { readonly ambient: OperationContext["ambient"] },
  recording: Recording,
): Promise<string> {
  const draft = recordingOf(ambient, recording);
  await journal.append({ entries: [draft] });
  return draft.subject;
}
