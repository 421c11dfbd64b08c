import type { EgressRules, FetchLike } from "#egress";
import { at, isPlainName, parsed, strings } from "./reading.ts";
import { type Answer, FINGERPRINTS, type Mark, type RuntimeKind } from "./runtimes.table.ts";

/** A local model runtime, as it describes itself: `reported`, never proven. */
export interface Runtime {
  readonly kind: RuntimeKind;
  /** `http://127.0.0.1:11434` */
  readonly url: string;
  readonly version: string | null;
  readonly models: readonly string[];
  /** The path whose answer gave it away. */
  readonly ground: string;
}

const ANSWER_MS = 300;
const PORT_MS = 1500;
const BODY_BYTES_MAX = 1024 * 1024;
const MODELS_MAX = 256;

/** What the search needs of the network: loopback, small bodies, quick answers. */
export const RUNTIME_EGRESS: EgressRules = {
  allowPrivate: true,
  bytesMax: BODY_BYTES_MAX,
  timeoutMs: ANSWER_MS,
};

/**
 * Asks each port of 127.0.0.1 what it is. Only GET, at most one request per path; a port that does not answer within
 * 300 ms is left alone. Never throws: what cannot be recognised is not in the list.
 */
export async function findRuntimes(
  ask: FetchLike,
  ports: readonly number[] = FINGERPRINTS.map(({ port }) => port),
): Promise<Runtime[]> {
  const found = await Promise.all([...new Set(ports)].map((port) => recognise(ask, port)));
  return found.filter((runtime) => runtime !== null);
}

async function recognise(ask: FetchLike, port: number): Promise<Runtime | null> {
  const url = `http://127.0.0.1:${port}`;
  const question = questioner(ask, url);
  // Something must be listening at all before it is asked more.
  if ((await question("/")) === null) return null;
  for (const fingerprint of FINGERPRINTS) {
    const mark = await firstFitting(question, fingerprint.marks);
    if (mark === null) continue;
    const { version, models } = fingerprint;
    const said = version === null ? null : at((await question(version.path))?.json ?? null, version.field);
    const listed = at((await question(models.path))?.json ?? null, models.list);
    const names = strings(listed, models.name).filter(isPlainName).slice(0, MODELS_MAX);
    const isVersion = typeof said === "string" && isPlainName(said);
    return {
      kind: fingerprint.kind,
      url,
      version: isVersion ? said : null,
      models: names,
      ground: mark.path,
    };
  }
  return null;
}

type Question = (path: string) => Promise<Answer | null>;

/** Asks each path once; `null` where no answer came in time. */
function questioner(ask: FetchLike, url: string): Question {
  const whole = AbortSignal.timeout(PORT_MS);
  const asked = new Map<string, Promise<Answer | null>>();
  return (path) => {
    const answer = asked.get(path) ?? listen(ask, `${url}${path}`, whole);
    asked.set(path, answer);
    return answer;
  };
}

async function firstFitting(question: Question, marks: readonly Mark[]): Promise<Mark | null> {
  for (const mark of marks) {
    const answer = await question(mark.path);
    if (answer !== null && mark.fits(answer)) return mark;
  }
  return null;
}

async function listen(ask: FetchLike, url: string, whole: AbortSignal): Promise<Answer | null> {
  const signal = AbortSignal.any([whole, AbortSignal.timeout(ANSWER_MS)]);
  try {
    const response = await ask(url, { signal, headers: { accept: "application/json, text/plain" } });
    const text = await boundedText(response, signal);
    if (text === null) return null;
    return {
      status: response.status,
      server: response.headers.get("server") ?? "",
      text,
      json: parsed(text),
    };
  } catch {
    // Nobody there, too slow, not HTTP, too much, or refused by egress: all the same here.
    return null;
  }
}

/** The body, or `null` when it is too long. Enforced here as well, whatever client was handed in. */
async function boundedText(response: Response, signal: AbortSignal): Promise<string | null> {
  if (response.body === null) return "";
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    signal.throwIfAborted();
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
