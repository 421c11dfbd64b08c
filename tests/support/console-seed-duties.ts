import type { OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";
import { ago, answering, idOf } from "./console-seed-base.ts";

type Duty = OutputOf<"duties.list">["items"][number];

const duty = (count: number, over: Partial<Duty>): Duty => ({
  id: idOf("dty", count),
  user: "petra",
  group: "finance",
  to: "ada",
  from: ago(7_200),
  until: ago(-12 * 86_400),
  state: "now",
  setBy: "petra",
  ...over,
});

const DUTIES: readonly Duty[] = [
  duty(3, {
    user: "ben",
    group: null,
    to: null,
    from: ago(-3_600),
    until: ago(-3 * 86_400),
    state: "coming",
  }),
  duty(2, { user: "carla", group: null, to: null, until: ago(-86_400), setBy: "admin" }),
  duty(1, {}),
];

const DRILLS: OutputOf<"drills.list"> = {
  every: "7d",
  items: [
    { approval: idOf("apr", 33), what: "a-new-account", at: ago(3 * 86_400), answer: "approve", by: "petra" },
    { approval: idOf("apr", 32), what: "everything-deleted", at: ago(9 * 86_400), answer: null, by: null },
    {
      approval: idOf("apr", 31),
      what: "salaries-to-a-stranger",
      at: ago(17 * 86_400),
      answer: "deny",
      by: "ada",
    },
  ],
};

/** What duties, drills and preferences answer. */
export const DUTY_ANSWERS: readonly (readonly [string, Answering])[] = [
  ["/duties", answering("duties.list", () => ({ items: [...DUTIES] }))],
  [
    "/duties/now",
    answering("duties.now", () => ({
      items: [
        { group: "admins", asked: ["ada", "admin"], standsIn: [], away: [] },
        {
          group: "finance",
          asked: ["ada", "leo"],
          standsIn: [{ user: "ada", for: "petra" }],
          away: ["petra"],
        },
        { group: "oncall", asked: [], standsIn: [], away: ["carla"] },
      ],
    })),
  ],
  ["/drills", answering("drills.list", () => DRILLS)],
  [
    "/approvers/preferences",
    answering("approvers.preferences", () => ({
      zone: "Europe/Berlin",
      quiet: "22:00-07:00",
      openMax: 5,
      dayMax: null,
    })),
  ],
];

/** Nobody is away, nothing is preferred, and drills are off. */
export const NO_DUTIES: readonly (readonly [string, Answering])[] = [
  ["/duties", answering("duties.list", () => ({ items: [] }))],
  ["/duties/now", answering("duties.now", () => ({ items: [] }))],
  ["/drills", answering("drills.list", () => ({ every: "off", items: [] }))],
  [
    "/approvers/preferences",
    answering("approvers.preferences", () => ({ zone: "UTC", quiet: null, openMax: null, dayMax: null })),
  ],
];
