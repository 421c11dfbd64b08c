import { recognisedBy, reportedBy, RUNTIMES } from "#discovery";
import type { EgressRules, FetchLike } from "#egress";
import { answersOf, PROBE_BYTES_MAX, PROBE_MS } from "./listeners.ts";
import { isPlainName } from "./reading.ts";

/** Those of discovery's runtimes that can be upstreams of the llm door. */
const SERVING = ["ollama", "lm-studio", "llama.cpp", "nim", "vllm", "tgi"] as const;
export type RuntimeKind = (typeof SERVING)[number];

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

const LOOPBACK = "127.0.0.1";

/** What the search needs of the network: loopback, small bodies, quick answers. */
export const RUNTIME_EGRESS: EgressRules = {
  allowPrivate: true,
  bytesMax: PROBE_BYTES_MAX,
  timeoutMs: PROBE_MS,
};

/**
 * Asks each port of 127.0.0.1 what it is, as discovery does (#discovery, runtimes.table.ts): by answers, never by the port. Only
 * GET, at most one request per path; a port that does not answer is left alone. Never throws: what cannot be recognised is not in
 * the list.
 */
export async function findRuntimes(
  ask: FetchLike,
  ports: readonly number[] = usualPorts(),
): Promise<Runtime[]> {
  const found = await Promise.all([...new Set(ports)].map((port) => runtimeAt(ask, port)));
  return found.filter((runtime) => runtime !== null);
}

/** The first of each runtime's ports: where it listens unless told otherwise. */
function usualPorts(): number[] {
  return RUNTIMES.flatMap(({ name, ports }) => (servingKind(name) === null ? [] : ports.slice(0, 1)));
}

async function runtimeAt(ask: FetchLike, port: number): Promise<Runtime | null> {
  const answers = await answersOf(ask, LOOPBACK, port);
  const recognised = recognisedBy(answers);
  const kind = servingKind(recognised?.runtime.name);
  if (recognised === null || kind === null || recognised.confidence !== "certain") return null;
  const { version, models } = reportedBy(recognised.runtime, answers);
  return {
    kind,
    url: `http://${LOOPBACK}:${port}`,
    version: version !== null && isPlainName(version) ? version : null,
    models: models.filter(isPlainName),
    ground: recognised.mark.path,
  };
}

function servingKind(name: string | undefined): RuntimeKind | null {
  return SERVING.find((kind) => kind === name) ?? null;
}
