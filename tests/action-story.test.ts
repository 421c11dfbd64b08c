import { beforeEach, expect, test } from "vitest";
import { canonicalJson } from "#base";
import type { EntryDraft } from "#ledger";
import { act } from "./support/activity.ts";
import { openWorld, type World } from "./support/operations.ts";

// One action whole: who for, why it was refused, who decided, what it came to.

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const WHY = { reason: "Mail to strangers leaves the house.", remedy: "Ask finance." };

function entry(action: string, kind: EntryDraft["kind"], body: EntryDraft["body"], why?: object): EntryDraft {
  const bytes = Buffer.from(canonicalJson({ ...why }));
  const payload = { name: "why", person: "agt_x", salt: new Uint8Array(32), bytes };
  return {
    kind,
    subject: action,
    at: world.ambient.now(),
    body,
    payloads: why === undefined ? [] : [payload],
  };
}

async function told(who: string, ...entries: readonly EntryDraft[]) {
  const [first] = entries;
  if (first === undefined) throw new Error("an action without entries");
  await world.as("ada").journal.append({ entries: [first, ...entries.slice(1)] });
  return world.ask(who, "actions.get", { action: first.subject });
}

const about = () => ({
  agent: world.ids.agents["olga"] ?? "",
  user: world.ids.users["otto"] ?? "",
  session: world.ids.sessions["olga"] ?? "",
  stage: "enforce",
  door: "mcp",
  verb: "tools/call",
  server: "mail",
  name: "send",
  effects: ["outbound"],
});

test("a refusal says its reason and remedy while they are kept, and its people by name", async () => {
  const action = world.ambient.id("act");
  const verdict = { verdict: "deny", code: "policy_denied", policies: ["no-mail"], policySet: "sha256:1" };
  const said = await told("olga", entry(action, "verdict", { ...about(), ...verdict }, WHY));
  expect(said).toMatchObject({ ...WHY, onBehalfOf: "otto", door: "mcp", model: null, usage: null });
  expect(said["entries"]).toMatchObject([
    {
      kind: "verdict",
      verdict: "deny",
      policies: ["no-mail"],
      code: "policy_denied",
      status: null,
      by: null,
    },
  ]);
  for (const kept of world.kept) Object.assign(kept, { payloads: [] });
  const destroyed = await world.ask("olga", "actions.get", { action });
  expect(destroyed).toMatchObject({ verdict: "deny", reason: null, remedy: null });
});

test("the last refusal counts, and what is no reason is none", async () => {
  const action = world.ambient.id("act");
  const held = { ...about(), verdict: "hold", policies: ["ask-first"], policySet: "sha256:1" };
  const refused = { ...about(), verdict: "deny", policies: [], policySet: "sha256:1", code: "stale" };
  const first = entry(action, "verdict", held, WHY);
  expect(
    await told(
      "olga",
      first,
      entry(action, "verdict", refused, { reason: "Too late.", remedy: "Ask again." }),
    ),
  ).toMatchObject({
    reason: "Too late.",
    remedy: "Ask again.",
  });
  const odd = world.ambient.id("act");
  expect(await told("olga", entry(odd, "verdict", held, { reason: 7, remedy: [] }))).toMatchObject({
    reason: null,
    remedy: null,
  });
});

test("who decided, how it ended and what it used", async () => {
  const action = world.ambient.id("act");
  const { users } = world.ids;
  const said = await told(
    "olga",
    entry(action, "verdict", { ...about(), verdict: "hold", policies: ["ask"], policySet: "s" }, WHY),
    entry(action, "approval.decided", { by: users["petra"] ?? "", answer: "approve", status: "approved" }),
    entry(action, "intent", { ...about(), verdict: "allow", policies: ["ask"], policySet: "s" }),
    entry(action, "outcome", { ...about(), status: "ok", durationMs: 31, inputTokens: 4, costMicroUsd: 90 }),
  );
  expect(said).toMatchObject({
    durationMs: 31,
    costMicroUsd: 90,
    usage: { inputTokens: 4, outputTokens: null },
  });
  expect(said["entries"]).toMatchObject([
    { kind: "verdict", verdict: "hold" },
    { kind: "approval.decided", by: "petra", status: "approved" },
    { kind: "intent", verdict: "allow" },
    { kind: "outcome", status: "ok" },
  ]);
});

test("a model call says model and tokens", async () => {
  const action = await act(world, "olga");
  expect(await world.ask("olga", "actions.get", { action })).toMatchObject({
    model: "small",
    usage: { inputTokens: 5, outputTokens: 7 },
    onBehalfOf: null,
    reason: null,
  });
});
