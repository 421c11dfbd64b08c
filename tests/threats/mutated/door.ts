import { createServer } from "node:http";
import { openBudgets } from "#budgets";
import { type Candidate, type ModelUpstreams } from "#inference";
import { faceOf, type Protocol, type ToolCall } from "#llm";
import { createLlmDoor } from "../../../src/gateway/llm/door.ts";
import { LLM_LIMITS } from "../../../src/gateway/llm/limits.ts";
import { createQuota, QUOTA_LIMITS } from "../../../src/gateway/quota.ts";
import { digestOf } from "#base";
import type { ServedModel, Verdict } from "#vocabulary";
import { identityOf, openCalls } from "../../support/llm-calls.ts";
import { z } from "zod";
import { requestBody } from "../../outside/stream-corpus/clients.ts";

/** What the upstream answers with, whatever it is asked. */
export interface Served {
  readonly protocol: Protocol;
  readonly isStream: boolean;
  readonly chunks: readonly Buffer[];
}

/** The llm door as it is, over an upstream that answers what it is told to. */
export interface TestDoor {
  readonly url: string;
  served: Served;
  /** By tool, for those that the requests declare; any other is refused. */
  readonly decide: (verdicts: Readonly<Record<string, Verdict>>) => void;
  /** A minute passes: quotas refill. */
  readonly wait: () => void;
  /** The calls that were released since the last time it was asked. */
  readonly released: () => readonly ToolCall[];
  /** What the door reported as its own failure. */
  readonly failures: () => readonly unknown[];
  readonly close: () => Promise<void>;
}

const NOTHING: Served = { protocol: "openai-chat", isStream: true, chunks: [] };

export async function openTestDoor(): Promise<TestDoor> {
  const world = openCalls();
  const declared = z.record(z.string(), z.json()).parse(requestBody("openai-chat", "x"));
  const { tools } = faceOf("openai-chat").readRequest(declared);
  await world.rule([], { tools });
  for (const tool of tools) world.accept(tool);
  let released: ToolCall[] = [];
  const failures: unknown[] = [];
  const calls: typeof world.calls = {
    declare: world.calls.declare,
    rule: async (asked, asker) => {
      const ruling = await world.calls.rule(asked, asker);
      if (ruling.kind === "ruled")
        released.push(...asked.calls.filter((_call, index) => !ruling.refused.has(index)));
      return ruling;
    },
  };
  const identity = identityOf();
  const door = createLlmDoor({
    own: {
      ambient: world.ambient,
      outside: world.outside,
      road: world.road,
      models: upstreamOf(() => made.served),
      budgets: openBudgets([], [], () => world.ambient.now()),
      calls,
      hearing: { request: async () => {}, released: () => {} },
      turns: world.turns,
      register: { of: async () => ({ weights: NAME_ALONE, objection: null }), revoked: () => null },
      quota: createQuota(world.ambient, { ...QUOTA_LIMITS, burst: 1_000_000 }),
      principal: () => ({ identity, principals: [] }),
      dialects: () => [],
      limits: { ...LLM_LIMITS, retryAfterMs: 1 },
      report: (_event, detail) => void failures.push(detail),
    },
    guard: () => null,
    authenticate: async () => identity,
    version: "0",
  });
  // Held calls wait for a person in this time.
  const clock = setInterval(() => world.ambient.advance(20), 1);
  const server = createServer((request, response) => void door.handle(request, response));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const made: TestDoor = {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    served: NOTHING,
    decide: (verdicts) => void (world.now.verdicts = verdicts),
    wait: () => world.ambient.advance(60_000),
    released: () => {
      const before = released;
      released = [];
      return before;
    },
    failures: () => failures.splice(0),
    close: async () => {
      clearInterval(clock);
      door.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
  return made;
}

function unused(): never {
  throw new Error("not asked for here");
}

const NAME_ALONE: ServedModel = {
  digest: null,
  manifest: null,
  proof: "unproven",
  isTelling: false,
  why: null,
  status: "unregistered",
  risk: null,
  licence: null,
};

/** One upstream with every model, that speaks the protocol of what it serves and no other. */
function upstreamOf(served: () => Served): ModelUpstreams {
  const candidate = (): Candidate => ({
    upstream: "up" as never,
    kind: "openai",
    identity: digestOf("up"),
    model: "served",
    protocols: [served().protocol],
    isLocal: true,
    price: null,
  });
  return {
    candidates: () => [candidate()],
    models: () => [],
    identity: () => NAME_ALONE,
    send: async () => {
      const { chunks, isStream, protocol } = served();
      const streamType = protocol.startsWith("ollama") ? "application/x-ndjson" : "text/event-stream";
      return {
        status: 200,
        mediaType: isStream ? streamType : "application/json",
        retryAfterMs: null,
        text: async () => Buffer.concat(chunks).toString("utf8"),
        chunks: async function* () {
          yield* chunks;
        },
        discard: () => {},
      };
    },
    states: () => [],
    routes: () => [],
    check: unused,
    look: unused,
    reload: unused,
    close: () => {},
  };
}
