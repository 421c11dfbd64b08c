import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSensorFace } from "#api";
import type { Found } from "#discovery";
import { createEgress } from "#egress";
import {
  afterTaken,
  itemsOf,
  newMemory,
  type Memory,
  REPORT_PATH,
  remembered,
  type Report,
  reportOf,
} from "#fleet";
import { createFleetReports, type ReportsOutside } from "#operations";
import { JSON_BODY_LIMITS, parseStrictJson } from "#wire";
import { runLoop, sender, SENSOR_EGRESS, type SensorPorts } from "#sensor";
import { openWorld, type World } from "./support/operations.ts";

// What sensors tell: each report once, in order, from nobody but the machine's own sensor; what is there, and what is gone.

let world: World;
let key: string;
let outside: ReportsOutside;
beforeEach(async () => {
  world = await openWorld();
  const { store, ambient } = world;
  const { journal } = world.as("ada");
  outside = { store, ambient, journal, parseJson: (bytes) => parseStrictJson(bytes, JSON_BODY_LIMITS) };
  key = await addSensor("ana-laptop", "olga");
});

async function addSensor(name: string, owner?: string): Promise<string> {
  const input = owner === undefined ? { name } : { name, owner };
  return String((await world.ask("ada", "fleet.add-sensor", input))["key"]);
}

const MACHINE = {
  name: "ana-laptop.local",
  user: "ana",
  platform: "linux",
  release: "6",
  doorward: "0",
} as const;
const model = (name: string, more: Partial<Found> = {}): Found => ({
  kind: "model",
  what: "gguf",
  name,
  where: `/home/ana/models/${name}`,
  confidence: "certain",
  grounds: [{ by: "bytes", says: "begins as GGUF does" }],
  facts: { bytes: 7 },
  warnings: [],
  ...more,
});

const RUN = "a".repeat(32);
const seen = (memory: Memory, names: readonly string[], at = 1): Memory =>
  remembered(memory, { items: itemsOf(names.map((name) => model(name))), at, freshRun: "f".repeat(32) });
const first = (...names: string[]): Report => reportOf(seen(newMemory(RUN), names), MACHINE);
const take = (report: unknown, as = key) =>
  createFleetReports(outside).take(as, Buffer.from(JSON.stringify(report)));
const found = async (who = "ada", input: object = {}): Promise<string[]> => {
  const { items } = await world.ask(who, "fleet.found", input);
  return (items as { name: string; state: string }[]).map(({ name, state }) => `${name} ${state}`).toSorted();
};
const entries = () => world.kept.filter(({ kind }) => kind === "sensor.reported");

describe("a report", () => {
  test("is on record with what it told; one without news has no entry, and says that the sensor lives", async () => {
    const report = first("a.gguf", "b.gguf");
    expect(await take(report)).toEqual({ sequence: 1 });
    expect(await found()).toEqual(["a.gguf here", "b.gguf here"]);
    expect(entries()).toMatchObject([
      {
        subject: "ana-laptop",
        body: { by: "doorward", via: "sensor", appeared: 2, changed: 0, gone: 0, sequence: 1 },
      },
    ]);
    // Paths and names of files are no matter of the ledger.
    expect(JSON.stringify(entries())).not.toContain("gguf");
    world.ambient.advance(60_000);
    expect(await take({ ...report, sequence: 2, events: [] })).toEqual({ sequence: 2 });
    expect(entries()).toHaveLength(1);
    const { items } = await world.ask("ada", "fleet.machines", {});
    expect(items).toMatchObject([
      {
        name: "ana-laptop",
        state: "heard",
        complete: true,
        models: 2,
        runtimes: 0,
        machine: { user: "ana" },
      },
    ]);
  });

  test("as large as a sensor makes them is taken", async () => {
    const warnings = Array.from({ length: 60 }, () => "w".repeat(900));
    const items = itemsOf(Array.from({ length: 200 }, (_, n) => model(`m${n}`, { warnings })));
    let memory = remembered(newMemory(RUN), { items, at: 1, freshRun: RUN });
    while (memory.waiting.length > 0) {
      const report = reportOf(memory, MACHINE);
      expect(await take(report)).toEqual({ sequence: report.sequence });
      memory = afterTaken(memory, report);
    }
    expect(await found("ada", { limit: 200 })).toHaveLength(200);
  });

  test("that is told again is taken once; one out of step is refused, and nothing of it is kept", async () => {
    const report = first("a.gguf");
    await take(report);
    expect(await take(report)).toEqual({ sequence: 1 });
    expect(entries()).toHaveLength(1);
    // A copy of the machine, or the same one that saw more since: the number is taken, and this is not what was taken.
    await expect(take({ ...report, lost: 3 })).rejects.toMatchObject({ code: "sensor_out_of_step" });
    for (const sequence of [3, 7])
      await expect(take({ ...report, sequence })).rejects.toMatchObject({ code: "sensor_out_of_step" });
    await expect(take({ ...report, run: "b".repeat(32), sequence: 2 })).rejects.toMatchObject({
      code: "sensor_out_of_step",
    });
    expect(await found()).toEqual(["a.gguf here"]);
  });

  test("of a sensor that begins anew settles what is there: what it does not tell again is gone, once it told everything", async () => {
    await take(first("a.gguf", "b.gguf"));
    const fresh = "b".repeat(32);
    const begun = { ...first("b.gguf"), run: fresh, complete: false };
    await take(begun);
    expect(await found()).toEqual(["a.gguf here", "b.gguf here"]);
    await take({ ...begun, sequence: 2, events: [], complete: true });
    expect(await found("ada", { gone: true })).toEqual(["a.gguf gone", "b.gguf here"]);
  });

  test("two at once, of a machine and its copy: one is taken", async () => {
    await take(first("a.gguf"));
    const next = (name: string) => ({ ...first(name), sequence: 2 });
    const both = await Promise.allSettled([take(next("b.gguf")), take(next("c.gguf"))]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await found()).toHaveLength(2);
  });

  test.each<[string, unknown]>([
    ["another version", { ...first("a"), version: 2 }],
    [
      "more events than a report has",
      { ...first("a"), events: Array.from({ length: 201 }, () => first("a").events[0]) },
    ],
    ["a field of its own", { ...first("a"), owner: "usr_ada" }],
    ["a kind that is none", { ...first("a"), events: [{ ...first("a").events[0], what: "approved" }] }],
    ["a key that is no digest", { ...first("a"), events: [{ what: "gone", at: 1, key: "' OR 1=1" }] }],
    [
      "a time beyond time",
      { ...first("a"), events: [{ what: "gone", at: 9e15, key: `sha256:${"0".repeat(64)}` }] },
    ],
    ["more lost than there can be", { ...first("a"), lost: Number.MAX_SAFE_INTEGER }],
    ["a sequence below one", { ...first("a"), sequence: 0 }],
    ["no object", 7],
  ])("with %s is none", async (_, report) => {
    await expect(take(report)).rejects.toMatchObject({ code: "report_invalid" });
    expect(entries()).toEqual([]);
  });

  test("of a clock that runs ahead happened when it was told", async () => {
    const report = reportOf(seen(newMemory(RUN), ["a.gguf"], 8e15), MACHINE);
    await take(report);
    const { items } = await world.ask("ada", "fleet.found", {});
    const now = new Date(world.ambient.now()).toISOString();
    expect(items).toMatchObject([{ appearedAt: now, changedAt: now }]);
  });
});

describe("whose", () => {
  test("a sensor tells of its own machine alone; an owner sees theirs, an auditor all, and nobody else any", async () => {
    const other = await addSensor("lab-7");
    await take(first("a.gguf"));
    await take({ ...first("b.gguf"), run: "d".repeat(32) }, other);
    expect(await found("ada", { machine: "lab-7" })).toEqual(["b.gguf here"]);
    expect(await found("olga")).toEqual(["a.gguf here"]);
    const { items } = await world.ask("olga", "fleet.machines", {});
    expect((items as { name: string }[]).map(({ name }) => name)).toEqual(["ana-laptop"]);
  });

  test("a removed sensor is heard no more, what it told counts as gone, and its name may come again with another key", async () => {
    await take(first("a.gguf"));
    await world.ask("ada", "fleet.remove-sensor", { name: "ana-laptop" });
    await expect(take({ ...first("a.gguf"), sequence: 2 })).rejects.toMatchObject({
      code: "sensor_key_unknown",
    });
    expect(await found("ada", { gone: true })).toEqual(["a.gguf gone"]);
    const again = await addSensor("ana-laptop");
    expect(createFleetReports(outside).knows(key)).toBe(false);
    expect(await take(first("c.gguf"), again)).toEqual({ sequence: 1 });
    expect(await found()).toEqual(["c.gguf here"]);
    // What was seen before was its owner's to see.
    expect(await found("ada", { gone: true })).toEqual(["c.gguf here"]);
  });

  test("counts of what was lost stay numbers, however often they are told", async () => {
    for (const [n, lost] of [1e9, 1e9, 1e9].entries()) await take({ ...first(), sequence: n + 1, lost });
    const { items } = await world.ask("ada", "fleet.machines", {});
    expect(items).toMatchObject([{ lost: 1e9 }]);
  });

  test("what a clock of long ago calls gone is shown as gone first, and forgotten by ours", async () => {
    await take(first("a.gguf"));
    const gone = { what: "gone", at: 0, key: first("a.gguf").events[0]?.key };
    await take({ ...first(), sequence: 2, events: [gone] });
    expect(await found("ada", { gone: true })).toEqual(["a.gguf gone"]);
    world.ambient.advance(91 * 86_400_000);
    await take({ ...first("b.gguf"), sequence: 3 });
    expect(await found("ada", { gone: true })).toEqual(["b.gguf here"]);
  });

  test.each(["", "dwe_", "dwm_".concat("x".repeat(43)), "dwe_".concat("x".repeat(43))])(
    "the key %j is nobody's",
    (no) => {
      expect(createFleetReports(outside).knows(no)).toBe(false);
    },
  );

  test.each([
    ["ada", "ana-laptop", "sensor_exists"],
    ["ada", "Not A Name", "input_invalid"],
    ["olga", "lab-7", "permission_denied"],
    ["petra", "lab-7", "permission_denied"],
  ])("%s adding %s: %s", async (who, name, fault) => {
    expect(await world.ask(who, "fleet.add-sensor", { name })).toEqual({ fault });
  });

  test("who answers for a machine does not remove its sensor: that is an admin's", async () => {
    expect(await world.ask("olga", "fleet.remove-sensor", { name: "ana-laptop" })).toEqual({
      fault: "permission_denied",
    });
  });
});

describe("what is found", () => {
  test("is listed by kind, name and time, page by page, with what is a pattern elsewhere meaning itself", async () => {
    const names = Array.from({ length: 9 }, (_, n) => `m${n}.gguf`);
    const items = itemsOf([
      ...names.map((name) => model(name)),
      model("100%_x"),
      { ...model("ollama"), kind: "runtime" },
    ]);
    const memory = remembered(newMemory(RUN), { items, at: 1, freshRun: RUN });
    await take(reportOf(memory, MACHINE));
    expect(await found("ada", { kind: "runtime" })).toEqual(["ollama here"]);
    expect(await found("ada", { name: "m3" })).toEqual(["m3.gguf here"]);
    expect(await found("ada", { name: "100%_x" })).toEqual(["100%_x here"]);
    world.ambient.advance(1_000);
    expect(await found("ada", { since: new Date(world.ambient.now()).toISOString() })).toEqual([]);
    const paged: string[] = [];
    for (let after: unknown; ; ) {
      const page = await world.ask("ada", "fleet.found", {
        limit: 4,
        ...(after === undefined ? {} : { after }),
      });
      paged.push(...(page["items"] as { name: string }[]).map(({ name }) => name));
      if (page["next"] === null) break;
      after = page["next"];
    }
    expect(paged.toSorted()).toEqual([...names, "100%_x", "ollama"].toSorted());
  });
});

describe("over HTTP", () => {
  const egress = createEgress({ ownAddresses: () => [] });
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function serve(): Promise<string> {
    const face = createSensorFace(outside);
    const server = createServer((request, response) => {
      if (!face(request, response)) response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("a sensor's loop and the server agree, from the first look to a machine that was restored from a copy", async () => {
    const url = await serve();
    const looks = [["a"], ["a", "b"], ["b"]];
    let turn = 0;
    const ending = new AbortController();
    const kept: { memory: Memory | null } = { memory: null };
    const ports: SensorPorts = {
      look: async () => (looks[turn] ?? ["b"]).map((name) => model(name)),
      send: sender(egress.fetch(SENSOR_EGRESS), { url, key }),
      keep: (memory) => void (kept.memory = memory),
      wait: async () => {
        turn += 1;
        if (turn >= looks.length) ending.abort();
      },
      say: () => {},
      ambient: world.ambient,
    };
    const options = { machine: MACHINE, memory: null, everyMs: 1 };
    expect(await runLoop(ports, options, ending.signal)).toBe(true);
    expect(await found("ada", { gone: true })).toEqual(["a gone", "b here"]);
    // A copy of the machine as it was long ago goes on under its old memory.
    turn = 99;
    const old = { ...options, memory: seen(newMemory(RUN), ["a"]), once: true };
    expect(await runLoop(ports, old, new AbortController().signal)).toBe(true);
    expect(await found()).toEqual(["b here"]);
  });

  test.each<[string, RequestInit, number, string]>([
    ["no key", { method: "POST" }, 401, "sensor_key_unknown"],
    [
      "a user's token",
      { method: "POST", headers: { authorization: "Bearer dwu_x" } },
      401,
      "sensor_key_unknown",
    ],
    ["GET", { method: "GET" }, 401, "sensor_key_unknown"],
  ])("%s is refused before anything is read", async (_, init, status, code) => {
    const answer = await fetch(`${await serve()}${REPORT_PATH}`, init);
    expect([answer.status, await answer.json()]).toMatchObject([
      status,
      { code, remedy: expect.any(String) },
    ]);
  });

  test.each<[string, string, number, string]>([
    ["too much", "x".repeat(1_100_000), 413, "body_too_large"],
    ["no JSON", "{", 400, "json_syntax"],
    ["no report", "{}", 400, "report_invalid"],
  ])("%s is refused", async (_, body, status, code) => {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await fetch(`${await serve()}${REPORT_PATH}`, { method: "POST", headers, body });
    expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
    expect(entries()).toEqual([]);
  });
});
