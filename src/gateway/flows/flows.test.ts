import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { unlabelled } from "#flow";
import type { Identity } from "#vocabulary";
import { agentIdOf, sessionIdOf, userIdOf } from "../columns.ts";
import { createFlows, type Flows } from "./flows.ts";
import { SAVE_AFTER_MS, SAVE_REST_FACTOR } from "./limits.ts";

const SAVE_TAKES_MS = 10;
/** What was written down, and when. */
let saved: { key: string; at: number }[] = [];
let now = 0;
let flows: Flows;

beforeEach(() => {
  vi.useFakeTimers();
  [saved, now] = [[], 0];
  flows = createFlows({
    ambient: { now: () => now, monotonic: () => now, id: (prefix) => prefix, random: () => Buffer.alloc(0) },
    manifestOf: unlabelled,
    mandates: { rows: () => [], words: () => null },
    people: () => PEOPLE,
    keyOf: ({ session }) => session,
    shelf: {
      find: () => ({ kept: null, isIncomplete: false }),
      behind: () => ({ sql: "", parameters: [] }),
      markBehind: () => {},
      save: (key) => {
        saved.push({ key, at: now });
        now += SAVE_TAKES_MS;
      },
      residue: () => [],
      addResidue: () => {},
    },
    report: (_, detail) => {
      throw detail;
    },
  });
});

afterEach(() => {
  vi.useRealTimers();
});

const PEOPLE = { person: "usr_1", own: [], roots: [], isRelay: false };

function identity(session: string): Identity {
  return {
    chain: { user: null, agents: [agentIdOf("agt_1")] },
    session: sessionIdOf(session),
    stage: "enforce",
    agentName: "mailbot",
    ownerId: userIdOf("usr_1"),
    credential: "key_1",
  };
}

function hear(session: string, text: string): void {
  const flow = flows.of(identity(session));
  if (flow.hear({ from: "llm/user", texts: [text], isTainting: true })) flows.behind(flow);
}

function pass(ms: number): void {
  for (const until = now + ms; now < until; now += 1) vi.advanceTimersByTime(1);
}

test("what changed is written down once, a while after its first change", () => {
  hear("ses_1", "one");
  pass(SAVE_AFTER_MS / 2);
  hear("ses_1", "two");
  pass(SAVE_AFTER_MS / 2 - 1);
  expect(saved).toEqual([]);
  pass(2 + 2 * SAVE_AFTER_MS);
  expect(saved.map(({ key }) => key)).toEqual(["ses_1"]);
});

test("sessions are written down one by one, with the same rest after each: many take no more time than one", () => {
  const sessions = ["ses_1", "ses_2", "ses_3"];
  for (const session of sessions) hear(session, "one");
  pass(SAVE_AFTER_MS + 3 * SAVE_TAKES_MS * (1 + SAVE_REST_FACTOR));
  expect(saved.map(({ key }) => key)).toEqual(sessions);
  const gaps = saved.slice(1).map(({ at }, index) => at - (saved[index]?.at ?? 0));
  expect(gaps.every((gap) => gap >= SAVE_TAKES_MS * (1 + SAVE_REST_FACTOR))).toBe(true);
});

test("closing writes down what waits, and nothing after it", () => {
  hear("ses_1", "one");
  hear("ses_2", "one");
  flows.close();
  expect(saved.map(({ key }) => key)).toEqual(["ses_1", "ses_2"]);
  pass(3 * SAVE_AFTER_MS);
  expect(saved).toHaveLength(2);
});
