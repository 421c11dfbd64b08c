import { expect, test } from "vitest";
import { Fault } from "#base";
import type { Found } from "#discovery";
import { type Memory, memoryIn, memoryText, type Report } from "#fleet";
import { runLoop } from "./loop.ts";
import type { SensorPorts, Sent } from "./port.ts";

const MACHINE = { name: "m", user: "u", platform: "linux", release: "6", doorward: "0" } as const;
const model = (name: string): Found => ({
  kind: "model",
  what: "gguf",
  name,
  where: `/models/${name}`,
  confidence: "certain",
  grounds: [],
  facts: {},
  warnings: [],
});

/** A machine and a server in memory: what is there at each look, and what the server answers to each report. */
function world(looks: readonly (readonly string[])[], answers: (report: Report, n: number) => Sent) {
  const ending = new AbortController();
  const reports: Report[] = [];
  const [waits, said]: [number[], string[]] = [[], []];
  let kept: string | null = null;
  let at = 0;
  const ports: SensorPorts = {
    look: async () => (looks[at] ?? looks.at(-1) ?? []).map(model),
    send: async (report) => {
      reports.push(report);
      return answers(report, reports.length);
    },
    keep: (memory) => {
      kept = memoryText(memory);
    },
    wait: async (ms) => {
      waits.push(ms);
      at += 1;
      if (at >= looks.length) ending.abort();
    },
    say: (sentence) => void said.push(sentence),
    ambient: {
      now: () => at,
      monotonic: () => at,
      id: (prefix) => prefix,
      random: (bytes) => Buffer.alloc(bytes, reports.length + 1),
    },
  };
  const run = (memory: Memory | null = null) =>
    runLoop(ports, { machine: MACHINE, memory, everyMs: 60_000 }, ending.signal);
  return { ports, run, reports, waits, said, kept: () => memoryIn(kept ?? ""), ending };
}

const TAKEN: Sent = { kind: "taken" };
const told = (reports: readonly Report[]): string[] =>
  reports.map(({ events }) =>
    events.map((one) => (one.what === "gone" ? "gone" : `${one.what} ${one.found.name}`)).join(", "),
  );

test("what is there is told once, then what changes, then that the sensor lives", async () => {
  const { run, reports, waits } = world([["a"], ["a", "b"], ["b"], ["b"]], () => TAKEN);
  expect(await run()).toBe(true);
  expect(told(reports)).toEqual(["appeared a", "appeared b", "gone", ""]);
  expect(reports.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  expect(new Set(waits)).toEqual(new Set([60_000]));
});

test("while nobody answers it looks on, keeps what it saw, and tells all of it in order when somebody does", async () => {
  const gone: Sent = { kind: "unreachable", why: "ECONNREFUSED" };
  const { run, reports, waits, said } = world([["a"], ["a", "b"], ["b"], ["b"]], (_, n) =>
    n < 4 ? gone : TAKEN,
  );
  expect(await run()).toBe(true);
  expect(told(reports).at(-1)).toBe("appeared a, appeared b, gone");
  expect(reports.map(({ sequence }) => sequence)).toEqual([1, 1, 1, 1]);
  // Sooner than the next look, and later each time.
  expect(waits.slice(0, 3)).toEqual([2_000, 4_000, 8_000]);
  expect(said).toHaveLength(3);
});

test("a memory that was kept goes on where it was, after the end of the process and a report that was lost with it", async () => {
  const first = world([["a"]], () => ({ kind: "unreachable", why: "" }));
  await first.run();
  const second = world([["c"]], () => TAKEN);
  await second.run(first.kept());
  expect(told(second.reports)).toEqual(["appeared a, appeared c, gone"]);
  expect(second.reports[0]?.run).toBe(first.reports[0]?.run);
});

test("a server that counts otherwise is told everything anew, once; one that does so again is left for later", async () => {
  const strange = world([["a"], ["a"]], (_, n) => (n === 2 ? { kind: "out-of-step" } : TAKEN));
  await strange.run();
  expect(told(strange.reports)).toEqual(["appeared a", "", "appeared a"]);
  expect(strange.reports.map(({ sequence }) => sequence)).toEqual([1, 2, 1]);
  expect(strange.reports[2]?.run).not.toBe(strange.reports[0]?.run);
  const cloned = world([["a"]], () => ({ kind: "out-of-step" }));
  expect(await cloned.run()).toBe(false);
  expect(cloned.reports).toHaveLength(2);
  expect(cloned.said.at(-1)).toContain("another machine");
});

test("a key that is revoked is said, and nothing is lost", async () => {
  const { run, said, kept } = world([["a"]], () => ({ kind: "refused", why: "the key is revoked" }));
  expect(await run()).toBe(false);
  expect(said).toEqual(["the server does not take it: the key is revoked"]);
  expect(kept()?.waiting).toHaveLength(1);
});

test("one event that no server takes is left out, and all others are told", async () => {
  const names = ["a", "b", "c", "d", "e"];
  const { run, reports, said, kept } = world([names], ({ events }) =>
    events.some((one) => one.what !== "gone" && one.found.name === "c")
      ? { kind: "unfit", why: "json_lone_surrogate" }
      : TAKEN,
  );
  expect(await run()).toBe(true);
  const taken = reports.filter(({ events }) => !JSON.stringify(events).includes('"c"'));
  expect(
    taken
      .flatMap(({ events }) => told([{ ...reports[0]!, events }]))
      .join(", ")
      .split(", "),
  ).toEqual(expect.arrayContaining(["appeared a", "appeared b", "appeared d", "appeared e"]));
  expect(said.filter((one) => one.includes("left out"))).toHaveLength(1);
  expect(kept()?.waiting).toEqual([]);
  expect(reports.some(({ lost }) => lost === 1)).toBe(true);
});

test("where nothing can be kept nothing is told: what was told and forgotten would be told as new", async () => {
  const { ports, reports, ending } = world([["a"]], () => TAKEN);
  const full: SensorPorts = {
    ...ports,
    keep: () => {
      throw new Fault("sensor_not_kept", "the disk is full", "Make room.");
    },
  };
  const options = { machine: MACHINE, memory: null, everyMs: 1 };
  await expect(runLoop(full, options, ending.signal)).rejects.toMatchObject({ code: "sensor_not_kept" });
  expect(reports).toEqual([]);
});
