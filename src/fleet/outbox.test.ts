import fc from "fast-check";
import { expect, test } from "vitest";
import type { Found } from "#discovery";
import { differencesOf, type FleetEvent, statesOf } from "./differences.ts";
import { itemsOf } from "./item.ts";
import { afterTaken, memoryIn, memoryText, newMemory, remembered, reportOf } from "./outbox.ts";
import { EVENTS_MAX, type MachineFacts, REPORT, REPORT_BYTES_MAX } from "./report.ts";

const [RUN, FRESH] = ["0".repeat(32), "f".repeat(32)];
const MACHINE: MachineFacts = {
  name: "ana-laptop",
  user: "ana",
  platform: "linux",
  release: "6.1",
  doorward: "0.1.0",
};

function model(where: string, more: Partial<Found> = {}): Found {
  return {
    kind: "model",
    what: "gguf",
    name: where.split("/").at(-1) ?? "",
    where,
    confidence: "certain",
    grounds: [{ by: "bytes", says: "begins as GGUF does" }],
    facts: { bytes: 7 },
    warnings: [],
    ...more,
  };
}

const crowd = (turn: number) => itemsOf(Array.from({ length: 10_000 }, (_, n) => model(`/m/${turn}/${n}`)));
const told = (events: readonly FleetEvent[]): string[] =>
  events.map((one) => (one.what === "gone" ? "gone" : `${one.what} ${one.found.name}`)).toSorted();

test("what is new, changed and gone, and nothing of what passes", () => {
  const before = itemsOf([model("/m/a"), model("/m/b"), model("/m/c")]);
  const now = itemsOf([model("/m/a"), model("/m/b", { what: "pickle" }), model("/m/d")]);
  expect(told(differencesOf(statesOf(before), now, 1))).toEqual(["appeared d", "changed b", "gone"]);
  const runs = (pid: number): Found =>
    model(`pid ${pid}`, { kind: "runtime", what: "ollama", facts: { pid, program: "/usr/bin/ollama" } });
  const named = (pid: number): Found => ({ ...runs(pid), name: "Ollama" });
  expect(differencesOf(statesOf(itemsOf([named(1)])), itemsOf([named(99)]), 1)).toEqual([]);
  // Two of a kind are two, and one of them may end.
  const two = statesOf(itemsOf([named(1), named(2)]));
  expect(two.size).toBe(2);
  expect(told(differencesOf(two, itemsOf([named(2)]), 1))).toEqual(["gone"]);
});

test("what a machine tells is bounded, whatever a file is called and says", () => {
  const long = "x".repeat(5_000_000);
  const [item] = itemsOf([
    model(long, {
      facts: { models: Array.from({ length: 5_000 }, () => long) },
      warnings: [long],
    }),
  ]);
  expect(JSON.stringify(item).length).toBeLessThan(70_000);
});

test("what is told is text and numbers that every reader of JSON takes", () => {
  const odd = "x".repeat(999).concat("\u{1f600}");
  const [item] = itemsOf([
    model(`/m/\ud800${odd}`, { facts: { [odd]: [odd], rate: Number.NaN }, warnings: ["\udfff"] }),
  ]);
  const text = JSON.stringify(item);
  expect(text).not.toMatch(/\\ud[89a-f]/i);
  expect(item?.found.facts["rate"]).toBe("NaN");
});

test("reports are taken one after the other until nothing waits, and each is one that a server takes", () => {
  const items = itemsOf(Array.from({ length: 450 }, (_, n) => model(`/m/${n}`)));
  let memory = remembered(newMemory(RUN), { items, at: 5, freshRun: FRESH });
  const sizes: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    const report = reportOf(memory, MACHINE);
    expect(REPORT.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect([report.sequence, report.complete]).toEqual([n + 1, n === 2]);
    sizes.push(report.events.length);
    // Told again, as after an answer that never came: the same.
    expect(reportOf(memory, MACHINE)).toEqual(report);
    memory = afterTaken(memory, report);
  }
  expect(sizes).toEqual([EVENTS_MAX, EVENTS_MAX, 50]);
  expect(reportOf(memory, MACHINE)).toMatchObject({ sequence: 4, events: [], complete: true });
});

test("an answer to a report of another memory moves nothing", () => {
  const seen = { items: itemsOf([model("/m/a")]), at: 1, freshRun: FRESH };
  const memory = remembered(newMemory(RUN), seen);
  const other = reportOf(remembered(newMemory(FRESH), seen), MACHINE);
  expect(afterTaken(memory, other)).toBe(memory);
  expect(afterTaken(memory, { ...reportOf(memory, MACHINE), sequence: 9 })).toBe(memory);
});

test("a sensor that nobody hears keeps a bounded past, then tells what is there and how much was lost", () => {
  let memory = newMemory(RUN);
  for (let turn = 0; turn < 4; turn += 1)
    memory = remembered(memory, { items: crowd(turn), at: turn, freshRun: FRESH });
  expect(memory.run).toBe(FRESH);
  expect(memory.lost).toBeGreaterThan(50_000);
  expect(new Set(memory.waiting.map(({ what }) => what))).toEqual(new Set(["appeared"]));
  expect(memory.waiting).toHaveLength(10_000);
  const report = reportOf(memory, MACHINE);
  expect(report).toMatchObject({ run: FRESH, sequence: 1, lost: memory.lost });
  expect(afterTaken(memory, report).lost).toBe(0);
});

test("a report has its size, however long what is told", () => {
  const items = itemsOf(
    Array.from({ length: 200 }, (_, n) =>
      model(`/m/${n}`, { warnings: Array.from({ length: 60 }, () => "w".repeat(1000)) }),
    ),
  );
  const report = reportOf(remembered(newMemory(RUN), { items, at: 1, freshRun: FRESH }), MACHINE);
  expect(report.events.length).toBeGreaterThan(0);
  expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThanOrEqual(REPORT_BYTES_MAX);
});

test("a memory is kept as text; what is no memory, or half of one, is none", () => {
  const memory = remembered(newMemory(RUN), { items: itemsOf([model("/m/a")]), at: 5, freshRun: FRESH });
  const text = memoryText(memory);
  expect(memoryIn(text)).toEqual(memory);
  for (const cut of [0, 1, 20, text.length - 1]) expect(memoryIn(text.slice(0, cut))).toBeNull();
  expect(memoryIn(text.replace('"taken":0', '"taken":-1'))).toBeNull();
});

/** A server as simple as can be: it applies what comes. */
test("whoever applies the reports in order knows what is there, whatever happened in between and was told twice", () => {
  const machines = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 12 })), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(machines, fc.array(fc.boolean(), { maxLength: 12 }), (looks, isTaken) => {
      let memory = newMemory(RUN);
      const known = new Map<string, string>();
      let last: readonly string[] = [];
      looks.forEach((look, turn) => {
        const found = look.map((n) => model(`/m/${n}`, { facts: { bytes: n % 3 === 0 ? turn : 1 } }));
        last = found.map(({ where, facts }) => `${where} ${String(facts["bytes"])}`);
        memory = remembered(memory, { items: itemsOf(found), at: turn, freshRun: FRESH });
        if (isTaken[turn] === true) memory = take(memory);
      });
      while (memory.waiting.length > 0) memory = take(memory);
      expect([...known.values()].toSorted()).toEqual(last.toSorted());

      function take(before: typeof memory): typeof memory {
        const report = reportOf(before, MACHINE);
        for (const event of report.events)
          if (event.what === "gone") known.delete(event.key);
          else known.set(event.key, `${event.found.where} ${String(event.found.facts["bytes"])}`);
        return afterTaken(before, report);
      }
    }),
    { numRuns: 200 },
  );
});
