import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import { type FlowWorld, openFlowWorld } from "../support/flow-world.ts";

// T11 through the real door: what names content that can change is approved with the version it names, or not at all.

const STRANGER = "mallory@evil.example";
const COMMIT = "3f786850e387550fdab836ed7e6dc881de23001b";
const LETTER = {
  effect: "send",
  roles: { to: "destination", body: "content" },
  output: { integrity: "trusted" },
  summary: "Post {body} to {to}",
};

let world: FlowWorld;
beforeAll(async () => {
  world = await openFlowWorld();
});
afterAll(async () => world?.close());

const describing = (over: JsonObject): Promise<object> =>
  world.admin().perform("manifests.set", {
    server: "office",
    text: JSON.stringify({ write_letter: { ...LETTER, ...over } }),
  });

/** A letter whose body is what is posted, by name: held, for the user did not name its addressee. */
async function heldLetter(body: string): Promise<{ key: string; approval: string }> {
  const { key } = await world.session("Write to carol@works.example.");
  const { approval } = await world.call(key, "write_letter", { to: STRANGER, body });
  if (approval === null) throw new Error("it was not held");
  return { key, approval };
}

const approve = (approval: string): Promise<object> =>
  world.admin().perform("approvals.approve", { approval });

describe("T11", () => {
  test.each([
    ["a branch", "https://git.example/a/b/raw/main/offer.txt"],
    ["a path", "/srv/outbox/offer.txt"],
    ["a short id, which others can come to have", COMMIT.slice(0, 10)],
  ])("%s cannot be approved, nothing leaves, and it says what would help", async (_what, body) => {
    await describing({ mutable: ["body"] });
    const { approval } = await heldLetter(body);
    await expect(approve(approval)).rejects.toThrow(/approval_unbound|can change after a yes/u);
    const { card, status } = await world.admin().perform("approvals.get", { approval });
    expect(status).toBe("requested");
    expect(card).toMatchObject({ unbound: ["body"] });
    expect(JSON.stringify(card)).toContain("so this cannot be approved");
    await world.admin().perform("approvals.deny", { approval });
    expect(world.reached().filter((one) => one.startsWith("write_letter"))).toEqual([]);
  });

  test("the same with the version in it can", async () => {
    await describing({ mutable: ["body"] });
    const body = `https://git.example/a/b/raw/${COMMIT}/offer.txt`;
    const { key, approval } = await heldLetter(body);
    await approve(approval);
    expect((await world.call(key, "write_letter", { to: STRANGER, body })).isError).toBe(false);
    expect(world.reached().at(-1)).toContain(COMMIT);
  });

  test("a request that was made before somebody said so is bound by it all the same", async () => {
    await describing({});
    const { approval } = await heldLetter("/srv/outbox/later.txt");
    await describing({ mutable: ["body"] });
    await expect(approve(approval)).rejects.toThrow(/approval_unbound|can change after a yes/u);
    await world.admin().perform("approvals.deny", { approval });
  });
});
