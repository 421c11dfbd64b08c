import { z } from "zod";
import { isModelName, type Route } from "#inference";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { read } from "./operation.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { priceText } from "./upstreams-input.ts";
import { stateOf } from "./upstreams-view.ts";

export const modelPattern = z
  .string()
  .refine(isModelName, "the name of a model, at most 256 characters")
  .describe("Name that agents ask for, or a prefix that ends in *");

const listedShape = z.object({
  name: z.string(),
  upstream: z.string(),
  local: z.boolean().describe("What is asked of it does not leave the house"),
  createdAt: time.nullable(),
});

export const modelsList = read({
  name: "models.list",
  summary: "List the models that an agent can ask for, by name",
  permission: "models.read",
  input: z.strictObject(pageInput),
  output: pageOf(listedShape),
  columns: ["name", "upstream", "local"],
  async run(context, { after, limit }) {
    const from = keyOfCursor(after);
    const all = context.models.models().filter(({ name }) => name > from);
    return page(byName(all), limit, {
      item: ({ name, upstream, isLocal, createdAt }) => ({
        name,
        upstream,
        local: isLocal,
        createdAt: isoTime(createdAt),
      }),
      keyOf: ({ name }) => name,
    });
  },
});

export const routeShape = z.object({
  model: z.string(),
  goes: z.string().describe("Where it goes now, best first"),
  by: z
    .enum(["route", "prefix", "upstream", "listed", "nothing"])
    .describe(
      "Why: a route by name or by prefix, upstream/model, the upstreams that list it; nothing: nowhere",
    ),
  rule: z.string().nullable().describe("The route that says so"),
  targets: z.array(
    z.object({
      upstream: z.string(),
      model: z.string().describe("The upstream's own name of it"),
      health: z.enum(["unknown", "up", "down", "gone"]).describe("gone: there is no such upstream"),
      reason: z.string().nullable(),
      backOffUntil: time.nullable(),
      listed: z.boolean().nullable().describe("Whether the upstream lists this model; null: it lists none"),
      local: z.boolean().nullable(),
      price: z.string().nullable().describe("USD per million tokens, INPUT/OUTPUT"),
    }),
  ),
});

export const modelsRoutes = read({
  name: "models.routes",
  summary: "Show where models' names go: targets in order, their health, back-off and prices",
  permission: "models.read",
  input: z.strictObject({
    model: modelPattern.optional().describe("Only this name, as an agent asks for it (default: every name)"),
    ...pageInput,
  }),
  output: pageOf(routeShape),
  positional: ["model"],
  columns: ["model", "by", "goes"],
  examples: ["models routes", "models routes llama3.2"],
  async run(context, { model, after, limit }) {
    const from = keyOfCursor(after);
    const all = context.models.routes(model).filter((route) => route.model > from);
    return page(
      byKey(all, (route) => route.model),
      limit,
      { item: (route) => routeView(context, route), keyOf: (route) => route.model },
    );
  },
});

export function routeView(
  context: Pick<ReadContext, "models">,
  { model, by, rule, targets }: Route,
): z.input<typeof routeShape> {
  const shown = targets.map(({ upstream, model: name, candidate }) => {
    const { health, reason, backOffUntil, models } = stateOf(context, upstream);
    return {
      upstream,
      model: name,
      health: candidate === null ? ("gone" as const) : health,
      reason,
      backOffUntil: isoTime(backOffUntil),
      listed: models === null ? null : isListed(models, candidate?.model ?? name),
      local: candidate?.isLocal ?? null,
      price: candidate?.price === null || candidate === null ? null : priceText(candidate.price),
    };
  });
  const goes = shown.map((target) => `${target.upstream}/${target.model}${noteOf(target)}`).join(", then ");
  return { model, goes: goes === "" ? "nowhere" : goes, by, rule, targets: shown };
}

/** Ollama lists `llama3.2` as `llama3.2:latest`. */
function isListed(models: readonly string[], name: string): boolean {
  return models.includes(name) || models.includes(`${name}:latest`);
}

interface Noted {
  readonly health: string;
  readonly listed: boolean | null;
  readonly backOffUntil: string | null;
}

function noteOf({ health, listed, backOffUntil }: Noted): string {
  if (health === "gone" || health === "down") return ` (${health})`;
  if (listed === false) return " (not listed there)";
  return backOffUntil === null ? "" : " (backs off)";
}

function byName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return byKey(items, ({ name }) => name);
}

/** By code unit, as cursors compare. */
function byKey<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}
