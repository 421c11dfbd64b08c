import { z } from "zod";
import type { Digest } from "#base";
import type { FleetEvent } from "./differences.ts";

/** One report of a sensor: docs/formats/fleet.md. */
export interface Report {
  readonly version: 1;
  /** Which memory the sensor counts in: another one begins at sequence 1 with everything that is there. */
  readonly run: string;
  /** One more than the report before. */
  readonly sequence: number;
  readonly machine: MachineFacts;
  /** Events that the sensor had no room to keep while nobody took them. */
  readonly lost: number;
  readonly events: readonly FleetEvent[];
  /** Whether with this report everything has been told that the sensor knows. */
  readonly complete: boolean;
}

export interface MachineFacts {
  /** As the machine calls itself: `ana-laptop`. */
  readonly name: string;
  /** Who the sensor runs as. */
  readonly user: string;
  readonly platform: "darwin" | "linux" | "win32";
  readonly release: string;
  readonly doorward: string;
}

/** Where reports go, by POST, below the address of the doors. */
export const REPORT_PATH = "/sensor/v1/report";
export const EVENTS_MAX = 200;
/** Of one report, as JSON. */
export const REPORT_BYTES_MAX = 1_048_576;

/** What a sensor that was alone for years could have lost; more is no count. */
export const LOST_MAX = 1_000_000_000;

const TEXT_MAX = 1_100;
const LIST_MAX = 64;
const FACTS_MAX = 40;
const TIME_MAX = 8_640_000_000_000_000;

const text = z.string().max(TEXT_MAX);
const texts = z.array(text).max(LIST_MAX);
export const DIGEST = z.custom<Digest>(
  (value) => typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value),
);
const time = z.int().min(0).max(TIME_MAX);
const GROUNDS = [
  "answer",
  "argument",
  "bytes",
  "configuration",
  "declared",
  "device",
  "layout",
  "mapped",
  "name",
  "port",
] as const;

const found = z.strictObject({
  kind: z.enum(["accelerator", "agent", "model", "runtime", "server"]),
  what: text,
  name: text,
  where: text,
  confidence: z.enum(["certain", "likely", "possible"]),
  grounds: z.array(z.strictObject({ by: z.enum(GROUNDS), says: text })).max(LIST_MAX),
  facts: z
    .record(text, z.union([z.boolean(), z.number(), text, texts]))
    .refine((facts) => Object.keys(facts).length <= FACTS_MAX),
  warnings: texts,
});

export const EVENT = z.discriminatedUnion("what", [
  z.strictObject({ what: z.literal("appeared"), at: time, key: DIGEST, found }),
  z.strictObject({ what: z.literal("changed"), at: time, key: DIGEST, found }),
  z.strictObject({ what: z.literal("gone"), at: time, key: DIGEST }),
]);

export const RUN = z.string().regex(/^[0-9a-f]{32}$/);

/** What whoever has a sensor's key may send; nothing else is taken from it. */
export const REPORT = z.strictObject({
  version: z.literal(1),
  run: RUN,
  sequence: z.int().min(1),
  machine: z.strictObject({
    name: z.string().min(1).max(253),
    user: z.string().max(256),
    platform: z.enum(["darwin", "linux", "win32"]),
    release: z.string().max(256),
    doorward: z.string().max(64),
  }),
  lost: z.int().min(0).max(LOST_MAX),
  events: z.array(EVENT).max(EVENTS_MAX),
  complete: z.boolean(),
}) satisfies z.ZodType<Report>;
