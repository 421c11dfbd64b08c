import { z } from "zod";
import { Fault } from "#base";
import type { FetchAnswer, FetchRequest } from "../messages.ts";

/** The vault's process reaches a manager through its parent's egress (T17). */
export interface Reaching {
  readonly reach: (request: FetchRequest) => Promise<FetchAnswer>;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** A secret that its manager takes back after a time. */
export interface Leased {
  readonly value: string;
  /** Zero: for good. */
  readonly seconds: number;
}

/** One secret manager: what names a secret there, and how it is read. */
export interface Manager<S extends z.ZodObject = z.ZodObject> {
  readonly title: string;
  readonly settings: S;
  /** The secret itself. `key` is what opens the manager. Throws `reference_unavailable`; nothing secret is in it. */
  readonly read: (settings: z.output<S>, key: string, reaching: Reaching) => Promise<string | Leased>;
}

/** Keeps the type of its settings between schema and reader; the table forgets it, and parses before it reads. */
export function manager<S extends z.ZodObject>(
  given: Manager<S>,
): {
  readonly title: string;
  readonly settings: S;
  readonly read: (settings: unknown, key: string, reaching: Reaching) => Promise<string | Leased>;
} {
  const { title, settings, read } = given;
  return { title, settings, read: async (said, key, reaching) => read(settings.parse(said), key, reaching) };
}

export const text = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[\x21-\x7e]+$/, "visible ASCII without spaces");
/** A part of a path: letters, digits and what no server reads as a separator. */
export const segment = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[A-Za-z0-9_.~=+@-]+$/, "letters, digits and _ . ~ = + @ -")
  .refine((part) => !/^\.+$/.test(part), "not dots alone");
export const path = z
  .string()
  .max(1_000)
  .refine(
    (whole) => whole.split("/").every((part) => segment.safeParse(part).success),
    "names joined by slashes",
  );

/** On this machine or a private network by `allowPrivate`, and then nowhere else; plain http only there. */
export const station = {
  url: z
    .string()
    .max(1_000)
    .refine((given) => {
      const url = URL.parse(given);
      return (
        url !== null &&
        /^https?:$/.test(url.protocol) &&
        url.search === "" &&
        url.username === "" &&
        url.hash === ""
      );
    }, "an https URL"),
  allowPrivate: z.stringbool().or(z.boolean()).default(false),
};

export interface Asking {
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly allowPrivate: boolean;
}

/** Asks a manager, and reads its answer as JSON of this shape. Throws `reference_unavailable`. */
export async function askManager<O extends z.ZodType>(
  title: string,
  shape: O,
  asking: Asking,
  { reach }: Reaching,
): Promise<z.output<O>> {
  const { url, method = "GET", headers = {}, body = null, allowPrivate } = asking;
  if (!allowPrivate && !url.startsWith("https://")) throw unavailable(title, "its address is not https");
  const answer = await reach({
    url,
    method,
    headers: { accept: "application/json", ...headers },
    body,
    allowPrivate,
  });
  if (answer.kind === "failed") throw unavailable(title, answer.code);
  if (answer.status !== 200)
    throw unavailable(title, `it answered ${answer.status}${MEANINGS[answer.status] ?? ""}`);
  const parsed = shape.safeParse(jsonOf(answer.text));
  if (parsed.success) return parsed.data;
  throw unavailable(title, "its answer is not the secret");
}

const MEANINGS: Readonly<Record<number, string>> = {
  401: ": what opens it is wrong or has expired",
  403: ": what opens it may not read this secret",
  404: ": there is no such secret",
};

/** One member of a secret that is a JSON object; without a field, the whole text. */
export function fieldOf(title: string, whole: string, field: string | undefined): string {
  if (field === undefined) return whole;
  const parsed = z.record(z.string(), z.unknown()).safeParse(jsonOf(whole));
  const value = parsed.success ? parsed.data[field] : undefined;
  if (typeof value === "string" && value !== "") return value;
  throw unavailable(title, `the secret has no text named ${field}`);
}

export function unavailable(title: string, why: string): Fault {
  return new Fault(
    "reference_unavailable",
    `${title} does not give the secret: ${why}`,
    "Nothing was sent. Look at the reference (`doorward vault get NAME`), and at the manager's own log.",
  );
}

function jsonOf(whole: string): unknown {
  try {
    return JSON.parse(whole);
  } catch {
    return null;
  }
}
