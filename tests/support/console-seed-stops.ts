import type { OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";
import { ago, answering, idOf } from "./console-seed-base.ts";

type Stop = OutputOf<"stops.list">["items"][number];

const stop = (count: number, over: Partial<Stop>): Stop => ({
  id: idOf("stp", count),
  kind: "agent",
  target: idOf("agt", 1),
  label: "mailbot",
  reason: "it mails the wrong people",
  stoppedBy: "petra",
  monitor: null,
  at: ago(540),
  endedBy: null,
  endedAt: null,
  inForce: true,
  ...over,
});

const STOPS: readonly Stop[] = [
  stop(2, {}),
  stop(1, {
    kind: "model",
    target: "ollama/llama3",
    label: "ollama/llama3",
    reason: "no heartbeat of pager for 30 seconds",
    stoppedBy: null,
    monitor: "pager",
    at: ago(7_260),
  }),
];

const MONITORS: OutputOf<"stops.monitors"> = {
  items: [
    {
      name: "pager",
      everySeconds: 30,
      kind: "model",
      target: "ollama/llama3",
      label: "ollama/llama3",
      addedAt: ago(86_400),
      heardAt: ago(7_290),
      silentAt: ago(7_260),
    },
  ],
};

export const STOP_ANSWERS: readonly (readonly [string, Answering])[] = [
  ["/stops", answering("stops.list", () => ({ items: [...STOPS], next: null }))],
  ["/stops/monitors", answering("stops.monitors", () => MONITORS)],
];

export const NO_STOPS: readonly (readonly [string, Answering])[] = [
  ["/stops", answering("stops.list", () => ({ items: [], next: null }))],
  ["/stops/monitors", answering("stops.monitors", () => ({ items: [] }))],
];
