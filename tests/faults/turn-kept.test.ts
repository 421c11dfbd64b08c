import { describe, expect, test } from "vitest";
import { digestOf } from "#base";
import type { Identity, SessionId } from "#vocabulary";
import { createTurns } from "../../src/gateway/llm/turns.ts";
import { BASH, callOf, identityOf, openCalls, turnOf } from "../support/llm-calls.ts";
import { hold } from "./road-harness.ts";

const DIGEST = digestOf("request");
const LIST = [callOf("bash", '{"command":"rm x"}')];

async function heldWorld(verdict = hold) {
  const world = openCalls({ bash: verdict });
  await world.rule([]);
  world.accept(BASH);
  const identity = identityOf();
  const { action, ruled } = await world.rule(LIST);
  if (ruled.kind !== "held") throw new Error("held expected");
  world.turns.hold({
    actionId: action,
    identity,
    protocol: "openai-chat",
    model: "gpt",
    requestDigest: DIGEST,
    approvals: ruled.approvals,
  });
  const replay = () =>
    world.calls.rule(
      { who: { identity, principals: [] }, model: "gpt", turnOf: action, calls: LIST, tools: [BASH] },
      world.asker,
    );
  return { ...world, action, approvals: ruled.approvals, identity, replay };
}

describe("a turn that is held", () => {
  test("the same request finds it, decided or not, after a restart too; the turn is the model's own", async () => {
    const { action, approvals, identity, outside, store } = await heldWorld();
    const found = createTurns(outside, store).pending(identity, () => DIGEST, []);
    expect(found).toEqual({ actionId: action, turn: turnOf(LIST), marks: [], approvals, weights: null });
  });

  test("a new message that mentions it finds it once people have decided, and goes on without it before", async () => {
    const { approvals, decideApproval, identity, turns } = await heldWorld();
    const other = digestOf("next message");
    expect(turns.pending(identity, () => other, approvals)).toBeNull();
    decideApproval("denied");
    expect(turns.pending(identity, () => other, approvals)?.approvals).toEqual(approvals);
    expect(turns.pending(identity, () => other, [])).toBeNull();
  });

  test("one whose time is up counts as decided", async () => {
    const { ambient, approvals, identity, turns } = await heldWorld();
    ambient.advance(hold.expiresAfterMs + 1);
    expect(turns.pending(identity, () => digestOf("next"), approvals)).not.toBeNull();
  });

  // T2, T10
  test.each<[string, Partial<Identity>]>([
    ["session", { session: "ses_2" as SessionId }],
    ["credential", { credential: "key_2" }],
    ["agent", { chain: { user: null, agents: ["agt_2" as never] } }],
  ])("another %s never finds it, by request or by id", async (_name, over) => {
    const { approvals, decideApproval, turns } = await heldWorld();
    decideApproval("approved");
    expect(turns.pending(identityOf(over), () => DIGEST, approvals)).toBeNull();
  });

  test("approved, its calls are released as the model wrote them, once; then the request is a new one", async () => {
    const { about, action, decideApproval, identity, replay, turns } = await heldWorld();
    decideApproval("approved");
    const ruled = await replay();
    if (ruled.kind !== "ruled") throw new Error("ruled expected");
    expect(ruled.refused.size).toBe(0);
    await ruled.delivered("ok");
    turns.delivered(action);
    expect(turns.pending(identity, () => DIGEST, [])).toBeNull();
    expect(about().filter(({ kind }) => kind === "intent")).toHaveLength(1);
    expect((await replay()).kind).toBe("held");
  });

  test("denied, the agent is told once", async () => {
    const { decideApproval, replay } = await heldWorld();
    decideApproval("denied");
    const ruled = await replay();
    if (ruled.kind !== "ruled") throw new Error("ruled expected");
    expect(ruled.refused.get(0)).toContain("A person refused this action.");
    await ruled.delivered("ok");
    expect((await replay()).kind).toBe("held");
  });

  test("held for days, its agent gone, two restarts in between: the same request finds it, and it is released once", async () => {
    const world = await heldWorld({ ...hold, expiresAfterMs: 7 * 86_400_000 });
    const { about, action, ambient, decideApproval, identity, outside, replay, store } = world;
    ambient.advance(5 * 86_400_000);
    createTurns(outside, store);
    decideApproval("approved");
    ambient.advance(86_400_000);
    expect(createTurns(outside, store).pending(identity, () => DIGEST, [])?.actionId).toBe(action);
    // Nobody runs what a model asked for but its client: nothing left before that is back.
    expect(about().filter(({ kind }) => kind === "intent")).toEqual([]);
    const ruled = await replay();
    if (ruled.kind !== "ruled") throw new Error("ruled expected");
    expect(ruled.refused.size).toBe(0);
    await ruled.delivered("ok");
    expect((await replay()).kind).toBe("held");
    expect(about().filter(({ kind }) => kind === "intent")).toHaveLength(1);
  });

  test("two retries at once: one releases it, the other is told so", async () => {
    const { about, decideApproval, replay } = await heldWorld();
    decideApproval("approved");
    const ends = await Promise.all([replay(), replay()]);
    const refused = ends.map((end) => (end.kind === "ruled" ? end.refused.size : -1));
    expect(refused.toSorted((a, b) => a - b)).toEqual([0, 1]);
    expect(about().filter(({ kind }) => kind === "intent")).toHaveLength(1);
  });

  test("a policy that came into force meanwhile wins", async () => {
    const { decideApproval, now, replay, store } = await heldWorld();
    decideApproval("approved");
    now.verdicts = {
      bash: {
        kind: "deny",
        policySet: digestOf("new"),
        grounds: [],
        code: "no_permit",
        reason: "no",
        remedy: "ask",
      },
    };
    const ruled = await replay();
    expect(ruled.kind === "ruled" && ruled.refused.get(0)).toContain("Rule: default-deny");
    expect(store.connection.prepare("SELECT status FROM approvals").get()?.["status"]).toBe("approved");
  });

  test("its person's key destroyed, there is nothing to replay", async () => {
    const { identity, outside, store } = await heldWorld();
    const turns = createTurns({ ...outside, payload: () => null }, store);
    expect(turns.pending(identity, () => DIGEST, [])).toBeNull();
  });

  test("it is forgotten an hour after its approvals ended", async () => {
    const { ambient, identity, turns } = await heldWorld();
    ambient.advance(hold.expiresAfterMs + 60 * 60_000 + 1);
    expect(turns.pending(identity, () => DIGEST, [])).toBeNull();
  });

  test("rows of one agent are bounded, the newest stay, and nobody else's give way (T21)", async () => {
    const { action, approvals, identity, store, turns } = await heldWorld();
    const base = { protocol: "openai-chat" as const, model: "gpt", approvals };
    const flooder = identityOf({
      session: "ses_9" as SessionId,
      chain: { user: null, agents: ["agt_9" as never] },
    });
    for (let at = 0; at < 200; at += 1)
      turns.hold({ ...base, identity: flooder, actionId: `act_${at}` as never, requestDigest: digestOf(at) });
    const count = store.connection.prepare("SELECT COUNT(*) AS n FROM model_turns").get()?.["n"];
    expect(count).toBe(65);
    expect(turns.pending(identity, () => DIGEST, [])?.actionId).toBe(action);
  });
});

async function keptWorld() {
  const world = openCalls();
  const identity = identityOf();
  const request = { model: "gpt", input: "hello" };
  const action = await world.asked(turnOf(LIST), identity, request);
  world.turns.keepResponse({ actionId: action, identity, responseId: "resp_1" });
  return { ...world, action, identity, request };
}

describe("a response that can be gone on from", () => {
  test("comes back with its request, its turn and the model's name as the client wrote it", async () => {
    const { action, ambient, identity, request, turns } = await keptWorld();
    expect(turns.response(identity, "resp_1")).toEqual({
      action,
      marks: [],
      request,
      turn: turnOf(LIST),
      model: "gpt",
      createdAt: ambient.now(),
    });
  });

  // T2, T9: each of them by the id alone.
  test.each<[string, Partial<Identity>]>([
    ["session", { session: "ses_2" as SessionId }],
    ["credential", { credential: "key_2" }],
    ["agent", { chain: { user: null, agents: ["agt_2" as never] } }],
  ])("is unknown to another %s, and cannot be forgotten by it", async (_name, over) => {
    const { identity, turns } = await keptWorld();
    expect(turns.response(identityOf(over), "resp_1")).toBeNull();
    turns.forgetResponse(identityOf(over), "resp_1");
    expect(turns.response(identity, "resp_1")).not.toBeNull();
  });

  test("is gone once forgotten, and after 30 days", async () => {
    const one = await keptWorld();
    one.turns.forgetResponse(one.identity, "resp_1");
    expect(one.turns.response(one.identity, "resp_1")).toBeNull();
    const two = await keptWorld();
    two.ambient.advance(30 * 24 * 60 * 60_000);
    expect(two.turns.response(two.identity, "resp_1")).toBeNull();
  });

  test("held as well, it is found by its own id once people decided, and stays after it was delivered", async () => {
    const { action, approvals, decideApproval, identity, turns } = await heldWorld();
    turns.keepResponse({ actionId: action, identity, responseId: "resp_2" });
    expect(turns.pending(identity, () => digestOf("next"), ["resp_2"])).toBeNull();
    decideApproval("approved");
    expect(turns.pending(identity, () => digestOf("next"), ["resp_2"])?.approvals).toEqual(approvals);
    turns.delivered(action);
    expect(turns.pending(identity, () => DIGEST, [])).toBeNull();
    expect(turns.response(identity, "resp_2")?.turn).toEqual(turnOf(LIST));
  });

  test("an action that was never on record keeps nothing", async () => {
    const { identity, turns } = await keptWorld();
    turns.keepResponse({ actionId: "act_none" as never, identity, responseId: "resp_3" });
    expect(turns.response(identity, "resp_3")).toBeNull();
  });
});
