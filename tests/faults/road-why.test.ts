import { expect, test } from "vitest";
import { canonicalJson, type Json } from "#base";
import type { Attempt } from "../../src/gateway/outside.ts";
import { createRoad } from "../../src/gateway/travel.ts";
import { allow, attemptBy, deny, hold, house } from "./road-harness.ts";

// What an agent is told when it is refused or held is kept beside the entry, sealed as what it asked for is, and never in it.

const WHY = {
  deny: canonicalJson({ reason: "no", remedy: "ask" }),
  hold: canonicalJson({ reason: hold.reason, remedy: "wait" }),
};

async function kept(verdict: typeof deny | typeof hold | typeof allow, over: Partial<Attempt> = {}) {
  const { outside, decisions, asker, forward, ambient, journal } = house();
  decisions.push(verdict);
  await createRoad(outside).travel(attemptBy(ambient, over), asker, forward);
  return journal.kept;
}

function whyOf(
  entry: { payloads?: readonly { name: string; bytes: Uint8Array; person: string }[] } | undefined,
) {
  const why = entry?.payloads?.find(({ name }) => name === "why");
  return why === undefined ? null : { text: Buffer.from(why.bytes).toString(), person: why.person };
}

test.each([
  ["a refusal", deny, WHY.deny],
  ["a hold", hold, WHY.hold],
] as const)("%s keeps what was said, under the person of the action", async (_name, verdict, text) => {
  const [entry] = await kept(verdict);
  expect(whyOf(entry)).toEqual({ text, person: "agt_1" });
  const body: Json = { ...entry?.body };
  expect(body).toMatchObject({ why: { bytes: text.length, stored: true } });
  expect(canonicalJson(body)).not.toContain('"reason"');
});

test("what is allowed keeps none", async () => {
  const [entry] = await kept(allow);
  expect([entry?.kind, whyOf(entry)]).toEqual(["intent", null]);
});

test("of an observed agent, what it would have been told", async () => {
  const base = attemptBy(house().ambient).identity;
  const [entry] = await kept(deny, { identity: { ...base, stage: "observe" } });
  expect([entry?.kind, whyOf(entry)?.text]).toEqual(["intent", WHY.deny]);
});
