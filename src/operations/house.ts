import { z } from "zod";
import { time, userReference } from "./fields.ts";
import { countsOf } from "./channel-rows.ts";
import { openReviews } from "./approval-glass.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { read, write } from "./operation.ts";
import { unsandboxed } from "./server-sandbox.ts";
import { findUser } from "./users.ts";

export const healthGet = read({
  name: "health.get",
  summary: "Say whether Doorward is well",
  permission: "health.read",
  agents: true,
  input: z.strictObject({}),
  output: z.object({
    status: z.literal("ok"),
    version: z.string(),
    time,
    policyActive: z.boolean(),
    entries: z.int().describe("Ledger entries acknowledged"),
    published: z.int().describe("Ledger entries under a signed checkpoint"),
    policyEngine: z
      .object({
        trusted: z.boolean().describe("False once it disagreed with the official one: then both must allow"),
        repeated: z.int().describe("Decisions that the official engine made again"),
        missed: z.int().describe("Decisions that it was to make again and did not"),
        disagreements: z.int(),
      })
      .describe("Since the start"),
    channels: z.object({
      up: z.int(),
      down: z.int().describe("Not open, or without a connection: `doorward channels list` says why"),
      queued: z.int().describe("Cards and changes of cards that wait to be delivered"),
      oldestUnsent: time.nullable(),
    }),
    warnings: z.array(z.string()).describe("What somebody should see to; for people alone"),
  }),
  async run(context) {
    const { version, ambient, journal, policy, crosscheck, store, channels } = context;
    const { acknowledged, published } = journal.status();
    const now = isoTime(ambient.now());
    return {
      status: "ok" as const,
      version,
      time: now,
      policyActive: policy.current() !== null,
      entries: acknowledged,
      published,
      policyEngine: engineOf(crosscheck),
      channels: await channelsIn({ store, channels }),
      warnings: await warningsOf(context),
    };
  },
});

async function warningsOf(context: ReadContext): Promise<string[]> {
  if (context.caller.kind === "agent") return [];
  const [open, free] = [await openReviews(context), await unsandboxed(context)];
  return [...glassWarning(open), ...sandboxWarning(free)];
}

function sandboxWarning(servers: readonly string[]): string[] {
  if (servers.length === 0) return [];
  return [
    `MCP servers that run unsandboxed, as Doorward's user: ${servers.join(", ")}. See: doorward servers list`,
  ];
}

function glassWarning(open: number): string[] {
  if (open === 0) return [];
  return [`Broken glass that nobody else has looked at: ${open}. List it with: doorward approvals reviews`];
}

async function channelsIn(context: Pick<ReadContext, "store" | "channels">) {
  const counts = [...(await countsOf(context)).values()];
  const states = context.channels.states();
  const oldest = counts.flatMap((one) => (one.oldest === null ? [] : [one.oldest]));
  const up = states.filter(({ state }) => state === "up").length;
  return {
    up,
    down: states.length - up,
    queued: counts.reduce((sum, one) => sum + one.queued, 0),
    oldestUnsent: oldest.length === 0 ? null : isoTime(Math.min(...oldest)),
  };
}

function engineOf(crosscheck: ReadContext["crosscheck"]) {
  const { isDistrusted, ...counts } = crosscheck?.state() ?? UNCHECKED;
  return { trusted: !isDistrusted, ...counts };
}

const UNCHECKED = { repeated: 0, missed: 0, disagreements: 0, isDistrusted: false };

export const doorsList = read({
  name: "doors.list",
  summary: "List the addresses to point agents and clients at",
  permission: "servers.read",
  input: z.strictObject({}),
  output: z.object({ items: z.array(z.object({ door: z.string(), address: z.string(), for: z.string() })) }),
  columns: ["door", "address", "for"],
  async run({ addresses, store }) {
    const servers = await store.query
      .selectFrom("servers")
      .select("name")
      .where("transport", "in", ["stdio", "http"])
      .orderBy("name")
      .execute();
    const { door, console: base } = addresses;
    return {
      items: [
        { door: "mcp", address: `${door}/door/mcp`, for: "agents: every server, tools named SERVER__TOOL" },
        ...servers.map(({ name }) => ({
          door: "mcp",
          address: `${door}/door/mcp/${name}`,
          for: `agents: ${name} alone`,
        })),
        {
          door: "llm",
          address: `${door}/v1`,
          for: "agents: models, as OpenAI (OPENAI_BASE_URL) and, without /v1, Anthropic and Ollama serve them",
        },
        {
          door: "operations",
          address: `${door}/mcp`,
          for: "assistants of people: Doorward's own operations",
        },
        { door: "api", address: `${door}/api/v1`, for: "programs: described by openapi.json there" },
        { door: "console", address: base, for: "people" },
      ],
    };
  },
});

export const payloadsDestroy = write({
  name: "payloads.destroy",
  summary: "Destroy what is kept of a person: every argument and result under their key; proofs stay whole",
  permission: "payloads.destroy",
  presence: true,
  effect: "destructive",
  input: z.strictObject({ user: userReference }),
  output: z.object({ user: z.string() }),
  positional: ["user"],
  async plan(context, input) {
    const { id } = await findUser(context, input.user);
    return {
      would: `destroy the key of ${id}, and with it every payload kept under it, for good`,
      async commit(committing) {
        await committing.journal.destroyPerson(id);
        return { user: id };
      },
    };
  },
});
