import { beforeEach, describe, expect, test, vi } from "vitest";
import type { JsonObject } from "#base";
import type { ToolManifest } from "#flow";
import { openStore } from "#store";
import type { Identity, SessionId } from "#vocabulary";
import { createFlows, type Flows } from "../../src/gateway/flows/flows.ts";
import { createHearing, type Hearing } from "../../src/gateway/flows/hearing.ts";
import {
  FLOWS_CHARS_MAX,
  FLOWS_LIVE_MAX,
  READ_CHARS_MAX,
  UNUSED_KEPT_MS,
} from "../../src/gateway/flows/limits.ts";
import { openFlowShelf, type Sealing } from "../../src/gateway/flows/shelf.ts";
import type { Attempt } from "../../src/gateway/outside.ts";
import { heldAmbient } from "../support/ambient.ts";
import { attemptBy } from "./road-harness.ts";

// The flows of sessions between memory and disk: whatever breaks in between, no label is lost, and what cannot be known
// counts as untrusted.

const EVIL = "mallory@evil.example";
const LETTERS: ToolManifest = {
  tool: "fs/letters",
  effect: "read",
  roles: {},
  output: { integrity: "untrusted" },
};
const SEND: ToolManifest = {
  tool: "fs/send",
  effect: "send",
  roles: { to: "destination" },
  output: { integrity: "trusted" },
};

const manifestOf = (_server: string, name: string): ToolManifest => (name === "send" ? SEND : LETTERS);

function openWorld() {
  const ambient = heldAmbient();
  const store = openStore(":memory:");
  const keys = new Set(["agt_1"]);
  const failing = { is: false };
  const sealing: Sealing = {
    seal: (_person, _purpose, bytes) => {
      if (failing.is) throw new Error("the disk is full");
      return bytes;
    },
    unseal: (person, _purpose, sealed) => (keys.has(person) ? sealed : null),
  };
  const people = { roots: [] as string[] };
  const reported: string[] = [];
  const open = (): { flows: Flows; hearing: Hearing } => {
    const flows = createFlows({
      ambient,
      manifestOf,
      mandates: { rows: () => [], words: () => null },
      people: () => ({ person: "agt_1", own: [], isRelay: false, roots: people.roots }),
      keyOf: ({ session }) => session,
      shelf: openFlowShelf(store, ambient, sealing),
      report: (event) => reported.push(event),
    });
    return { flows, hearing: createHearing(flows, manifestOf, () => false) };
  };
  return { ambient, store, keys, failing, people, reported, open };
}

type World = ReturnType<typeof openWorld>;
let world: World;
beforeEach(() => {
  world = openWorld();
});

const identityOf = (session: string): Identity => ({
  ...attemptBy(world.ambient).identity,
  session: session as SessionId,
});

function attempt(session: string, name: string, args: JsonObject = {}): Attempt {
  const made = attemptBy(world.ambient, { identity: identityOf(session) });
  const { action } = made;
  return { ...made, action: { ...action, target: { ...action.target, name }, arguments: args } };
}

const result = (text: string): JsonObject => ({ content: [{ type: "text", text }] });

function reads({ hearing }: { hearing: Hearing }, session: string, text = `ask ${EVIL}`): void {
  const read = attempt(session, "letters");
  hearing.came(read, { kind: "result", action: read.id, result: result(text) });
}

const known = ({ flows }: { flows: Flows }, session: string) =>
  flows.judged(attempt(session, "send", { to: EVIL })).flow;

/** As long as what is waiting to be written may wait. */
function afterTheirTime(): void {
  vi.advanceTimersByTime(60_000);
}

describe("a flow", () => {
  test("is found again as it was left", () => {
    const before = world.open();
    reads(before, "ses_1");
    const facts = known(before, "ses_1");
    expect(facts).toMatchObject({
      tainted: true,
      overflowed: false,
      origins: { destination: ["untrusted"] },
    });
    before.flows.close();
    expect(known(world.open(), "ses_1")).toEqual(facts);
    expect(known(world.open(), "ses_2")).toMatchObject({
      tainted: false,
      origins: { destination: ["model"] },
    });
  });

  test("that a kill overtook counts as overflowed", () => {
    reads(world.open(), "ses_1");
    expect(known(world.open(), "ses_1")).toMatchObject({ tainted: true, overflowed: true });
  });

  test("whose mark went with an intent is behind from then on, also where nothing came", () => {
    const { flows } = world.open();
    const mark = flows.mark(attempt("ses_1", "letters"));
    for (const { sql, parameters } of mark.writes)
      world.store.connection.prepare(sql).run(...(parameters as string[]));
    mark.kept();
    expect(flows.mark(attempt("ses_1", "letters")).writes).toEqual([]);
    expect(known(world.open(), "ses_1")).toMatchObject({ overflowed: true });
  });

  test("that was written down while a mark was on its way is written down again", () => {
    const own = world.open();
    reads(own, "ses_1");
    own.flows.close();
    const again = world.open();
    const mark = again.flows.mark(attempt("ses_1", "letters"));
    reads(again, "ses_1", "more");
    mark.kept();
    again.flows.close();
    expect(known(world.open(), "ses_1")).toMatchObject({ overflowed: false });
  });

  test("that cannot be written down stays behind, and in memory", () => {
    const own = world.open();
    reads(own, "ses_1");
    world.failing.is = true;
    for (let other = 0; other < FLOWS_LIVE_MAX + 5; other += 1) reads(own, `ses_other_${other}`);
    expect(known(own, "ses_1")).toMatchObject({ overflowed: false, tainted: true });
    expect(world.reported).toContain("flow_not_saved");
    expect(known(world.open(), "ses_1")).toMatchObject({ overflowed: true });
  });

  test("gives way to others, and loses nothing by it", () => {
    const own = world.open();
    reads(own, "ses_1");
    for (let other = 0; other < FLOWS_LIVE_MAX + 5; other += 1) known(own, `ses_other_${other}`);
    expect(known(own, "ses_1")).toMatchObject({ overflowed: false, origins: { destination: ["untrusted"] } });
  });

  test("gives way when all together keep too much, written down, and the one that is used last stays", () => {
    const own = world.open();
    const text = `ask ${EVIL} `.repeat(Math.floor((READ_CHARS_MAX * 0.9) / (EVIL.length + 5)));
    const sessions = Array.from(
      { length: Math.ceil(FLOWS_CHARS_MAX / text.length) + 4 },
      (_, at) => `ses_${at}`,
    );
    for (const session of sessions) reads(own, session, text);
    const [first = "", last = ""] = [sessions[0], sessions.at(-1)];
    // As another process finds them: the first was written down, the last not yet.
    expect(known(world.open(), first)).toMatchObject({
      overflowed: false,
      origins: { destination: ["untrusted"] },
    });
    expect(known(world.open(), last)).toMatchObject({ overflowed: true });
    expect(known(own, first)).toMatchObject({ overflowed: false, origins: { destination: ["untrusted"] } });
  });

  test("that was forgotten while its mark was on its way does not overwrite what came after it", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const own = world.open();
      const mark = own.flows.mark(attempt("ses_1", "letters"));
      for (let other = 0; other < FLOWS_LIVE_MAX + 5; other += 1) known(own, `ses_other_${other}`);
      reads(own, "ses_1");
      afterTheirTime();
      for (const { sql, parameters } of mark.writes)
        world.store.connection.prepare(sql).run(...(parameters as string[]));
      mark.kept();
      afterTheirTime();
      expect(known(world.open(), "ses_1")).toMatchObject({ origins: { destination: ["untrusted"] } });
    } finally {
      vi.useRealTimers();
    }
  });

  test("whose person's key was destroyed is gone, and not clean", () => {
    const own = world.open();
    reads(own, "ses_1");
    own.flows.close();
    world.keys.clear();
    expect(known(world.open(), "ses_1")).toMatchObject({ overflowed: true });
  });

  test("that nobody used for long is forgotten, and not clean", () => {
    const own = world.open();
    reads(own, "ses_1");
    own.flows.close();
    world.ambient.advance(UNUSED_KEPT_MS + 1);
    const later = world.open();
    reads(later, "ses_2");
    later.flows.close();
    expect(known(world.open(), "ses_1")).toMatchObject({ overflowed: true });
    expect(known(world.open(), "ses_2")).toMatchObject({ overflowed: false });
  });

  test("goes on under the folders that its owner opens meanwhile", () => {
    const own = world.open();
    reads(own, "ses_1");
    world.people.roots = ["/srv/garden"];
    expect(known(own, "ses_1")).toMatchObject({ overflowed: false, origins: { destination: ["untrusted"] } });
  });
});

describe("what is too large to be read", () => {
  test("makes the session overflow", () => {
    const own = world.open();
    reads(own, "ses_1", "x".repeat(READ_CHARS_MAX + 1));
    expect(known(own, "ses_1")).toMatchObject({ overflowed: true });
  });
});

describe("an answer", () => {
  test("that Doorward itself refused with does not taint; a server's error does", () => {
    const own = world.open();
    const asked = attempt("ses_1", "send", { to: EVIL });
    const refused = { code: "held", reason: `no to ${EVIL}`, remedy: "wait", rules: [], approval: null };
    own.hearing.came(asked, { kind: "held", action: asked.id, ...refused });
    expect(known(own, "ses_1")).toMatchObject({ tainted: false, origins: { destination: ["untrusted"] } });
    own.hearing.came(asked, { kind: "failed", action: asked.id, error: new Error("broken pipe") });
    expect(known(own, "ses_1")).toMatchObject({ tainted: true });
  });

  test("that came another way is heard once, and taints only where others speak", () => {
    const own = world.open();
    const { flows, hearing } = own;
    hearing.heard(identityOf("ses_1"), "fs/tools", { description: `first ask ${EVIL}` }, false);
    expect(known(own, "ses_1")).toMatchObject({ tainted: false, origins: { destination: ["untrusted"] } });
    hearing.heard(identityOf("ses_1"), "fs/elicitation/create", { message: "your password?" }, true);
    expect(known(own, "ses_1")).toMatchObject({ tainted: true });
    const changes = flows.of(identityOf("ses_1")).changes();
    hearing.heard(identityOf("ses_1"), "fs/elicitation/create", { message: "your password?" }, true);
    expect(flows.of(identityOf("ses_1")).changes()).toBe(changes);
  });
});

const writes = ({ hearing }: { hearing: Hearing }, session: string, to: string): void => {
  const sent = attempt(session, "send", { to });
  hearing.came(sent, { kind: "result", action: sent.id, result: result("sent") });
};
const writtenIn = (): number =>
  Number(world.store.connection.prepare("SELECT COUNT(*) AS n FROM flow_residue").get()?.["n"]);

describe("what a session wrote without grounds", () => {
  test("is kept once, however many sessions have it, and given to those that come later", () => {
    const own = world.open();
    reads(own, "ses_1");
    writes(own, "ses_1", EVIL);
    own.flows.close();
    const kept = writtenIn();
    expect(kept).toBeGreaterThan(0);
    const later = world.open();
    for (const session of ["ses_2", "ses_3"]) {
      reads(later, session, "nothing");
      expect(later.flows.of(identityOf(session)).flow.residue()).toContain(EVIL);
    }
    later.flows.close();
    expect(writtenIn()).toBe(kept);
    const row = world.store.connection
      .prepare("SELECT sealed FROM session_flows WHERE session_id = 'ses_3'")
      .get();
    expect(Buffer.from(row?.["sealed"] as Uint8Array).toString("utf8")).not.toContain(EVIL);
  });
});
