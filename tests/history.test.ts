import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BacktestJob, type History, openHistory } from "#history";
import { systemAmbient } from "#host";
import { type JournalHandle, openJournal } from "#journal";
import { openKeys } from "#keys";
import { openStore, type Store } from "#store";
import { tool } from "./samples/policy.ts";
import { recordingOf } from "./support/recorded.ts";

// The past read back in its own thread, from a real database with sealed payloads.

const ambient = systemAmbient();
const READS = `@id("reads") permit (principal is Doorward::Agent, action in Doorward::Action::"read", resource);`;
const JOB: BacktestJob = {
  text: READS,
  tools: [tool("read_file", ["read"])],
  agents: null,
  since: 0,
  upTo: 9_999,
};
const WATCH = { progress: () => {} };

let root: string;
let store: Store;
let journal: JournalHandle;
let history: History;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "doorward-history-"));
  mkdirSync(join(root, "log"));
  const keys = openKeys(join(root, "keys"), ambient, "history.example");
  store = openStore(join(root, "doorward.db"));
  journal = await openJournal({ store, keys, directory: join(root, "log"), ambient });
  history = openHistory({ database: store.path, keys: keys.directory });
  for (const agent of ["agt_a", "agt_b"]) {
    const body = { name: agent.slice(4), owner: "usr_1", stage: "enforce" };
    await journal.append({ entries: [{ kind: "agent.added", subject: agent, at: ambient.now(), body }] });
  }
});

afterEach(async () => {
  await history.close();
  await journal.close();
  store.close();
  rmSync(root, { recursive: true, force: true });
});

async function record(agent: string, count: number): Promise<void> {
  for (let done = 0; done < count; done += 100) {
    const [first, ...others] = Array.from({ length: Math.min(100, count - done) }, (_, at) =>
      recordingOf(ambient, { agent, tool: "fs/read_file", values: { path: `/tmp/${done + at}` } }),
    );
    if (first !== undefined) await journal.append({ entries: [first, ...others] });
  }
}

describe("a look at the past in its own thread", () => {
  test("opens sealed payloads, and says of those destroyed that they are", async () => {
    await record("agt_a", 3);
    await record("agt_b", 2);
    expect(await history.backtest(JOB, WATCH)).toMatchObject({ actions: 5, replayed: 5, same: 5 });
    await journal.destroyPerson("agt_b");
    const after = await history.backtest(JOB, WATCH);
    expect(after).toMatchObject({ actions: 5, replayed: 3, unreplayable: 2 });
    expect(after.because[0]?.reason).toContain("destroyed");
  });

  test("one payload that was tampered with says nothing of the others", async () => {
    await record("agt_a", 3);
    store.connection.exec(
      "UPDATE payloads SET sealed = X'01020304' WHERE place = (SELECT MAX(place) FROM payloads)",
    );
    const report = await history.backtest(JOB, WATCH);
    expect(report).toMatchObject({ actions: 3, replayed: 2, unreplayable: 1 });
    expect(report.because[0]?.reason).toContain("do not open");
  });

  test("looks at what was there when it was asked, and at nothing later", async () => {
    await record("agt_a", 5);
    expect(await history.backtest({ ...JOB, upTo: 2 }, WATCH)).toMatchObject({ actions: 1 });
    expect(await history.backtest({ ...JOB, upTo: -1 }, WATCH)).toMatchObject({ actions: 0 });
    expect(await history.backtest({ ...JOB, since: ambient.now() + 60_000 }, WATCH)).toMatchObject({
      actions: 0,
    });
  });

  test("leaves the event loop free, tells how far it is, and stops when nobody waits", async () => {
    await record("agt_a", 2_500);
    const told: number[] = [];
    let turns = 0;
    const turning = setInterval(() => void (turns += 1), 1);
    await history.backtest(JOB, { progress: (done) => void told.push(done) });
    clearInterval(turning);
    expect(turns).toBeGreaterThan(0);
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual(told.toSorted((one, other) => one - other));
    const leaving = new AbortController();
    const looking = history.backtest(JOB, { progress: () => leaving.abort(), signal: leaving.signal });
    await expect(looking).rejects.toMatchObject({ code: "history_cancelled" });
    await expect(history.backtest(JOB, { ...WATCH, signal: leaving.signal })).rejects.toMatchObject({
      code: "history_cancelled",
    });
  });

  test("takes no more than two at once", async () => {
    const looks = [1, 2, 3].map(() => history.backtest(JOB, WATCH));
    const ends = await Promise.allSettled(looks);
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(ends[2]).toMatchObject({ reason: { code: "history_busy" } });
  });
});
