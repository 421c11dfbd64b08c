import { z } from "zod";
import type { FromAdapter } from "./lines.ts";

// What the process of an adapter may say: it is third-party code, and parsed as such.

const NAME_LENGTH_MAX = 2_000;
const TEXT_LENGTH_MAX = 100_000;
const name = z.string().max(NAME_LENGTH_MAX);
const place = z.object({ kind: z.enum(["room", "person"]), id: name.min(1) });
const message = z.object({ place, id: name.min(1) });
const user = z.object({ id: name.min(1), tenant: name.min(1).nullable(), name });
const came = { event: name.min(1), user, at: z.int(), message: message.nullable() };
const inbound = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("tap"), token: name, ...came }),
  z.object({ kind: z.literal("words"), text: z.string().max(TEXT_LENGTH_MAX), place, ...came }),
]);
const answer = z.object({
  status: z.int().min(200).max(599),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
const account = z.object({ id: name.min(1), name, tenant: name.min(1).nullable() });
const failure = z.object({
  kind: z.enum(["unreachable", "refused", "tooLong"]),
  why: name,
  retryAfterMs: z.number().nullable(),
});

const said = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("unfit"), why: name }),
  z.object({
    kind: z.literal("result"),
    id: z.int(),
    result: z.union([
      z.object({ account }),
      z.object({ message }),
      z.object({ answer }),
      z.object({ done: z.literal(true) }),
    ]),
  }),
  z.object({ kind: z.literal("failure"), id: z.int(), failure }),
  z.object({ kind: z.literal("inbound"), id: z.int(), inbound }),
  z.object({ kind: z.literal("state"), state: z.enum(["up", "down"]), why: name.nullable() }),
]);

/** One line of the process; null where it is none that it may say. */
export function readLine(line: string): FromAdapter | null {
  try {
    return said.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
