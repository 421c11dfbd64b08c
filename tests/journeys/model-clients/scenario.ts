/** Where a client is pointed: at a scripted upstream itself, or at Doorward in front of it. */
export interface At {
  /** http://HOST:PORT, without a path. */
  readonly url: string;
  readonly key: string;
  readonly model: string;
}

/** One use of a client, and what its caller got from it, as plain data: what must be the same with Doorward in between. */
export type Scenario = (at: At) => Promise<unknown>;

export type Scenarios = Readonly<Record<string, Scenario>>;

/** Chunks read before a stream is given up. */
export const ABORT_AFTER = 4;

export const WEATHER_SCHEMA = {
  type: "object",
  properties: { city: { type: "string", description: "Where" } },
  required: ["city"],
  additionalProperties: false,
} as const;

export const CLOCK_SCHEMA = {
  type: "object",
  properties: { zone: { type: "string" } },
  additionalProperties: false,
} as const;

/** What the agent's own tools answer. */
export function answered(name: string, input: unknown): string {
  return `${name} ${JSON.stringify(input)}`;
}

/** As JSON would carry it: no classes, no `undefined`. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

/** Ids that a client makes up itself, new for every call: the AI SDK's of texts, and LangChain's of Ollama's calls. */
const MADE_UP = /^aitxt-[A-Za-z0-9]{24}$|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `plain`, with those ids replaced by their order. */
export function steady(value: unknown): unknown {
  const known = new Map<string, string>();
  return JSON.parse(
    JSON.stringify(value, (_, one: unknown) => {
      if (typeof one !== "string" || !MADE_UP.test(one)) return one;
      known.set(one, known.get(one) ?? `made up ${known.size}`);
      return known.get(one);
    }),
  ) as unknown;
}

/** What a client threw: what a program can tell errors apart by. */
export async function thrown(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return { unexpected: plain(await work()) };
  } catch (cause) {
    return describe(cause);
  }
}

/** Fields by which programs tell errors apart; what they have beside, as `request_id` and stacks, is of one request. */
const TELLING = [
  "status",
  "statusCode",
  "status_code",
  "code",
  "type",
  "param",
  "error",
  "isRetryable",
] as const;

function describe(cause: unknown): unknown {
  if (!(cause instanceof Error)) return { thrown: plain(cause) };
  const fields = Object.entries(cause).filter(([name]) => TELLING.some((telling) => telling === name));
  return { class: cause.constructor.name, message: cause.message, ...Object.fromEntries(fields) };
}

export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}
