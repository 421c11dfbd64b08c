import { z } from "zod";
import { canonicalJson, Fault } from "#base";
import { isModelName, routeOfRow, ROUTES_MAX, type Target, TARGETS_MAX } from "#inference";
import { serverNameOf } from "./columns.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { modelPattern, routeShape, routeView } from "./models.ts";
import { write } from "./operation.ts";
import { findUpstream } from "./upstreams-view.ts";

const TARGET_CHARS_MAX = 300;

const target = z
  .string()
  .max(TARGET_CHARS_MAX)
  .regex(/^[a-z][a-z0-9-]{0,30}\/.+$/, "UPSTREAM/MODEL");

export const modelsSetRoute = write({
  name: "models.set-route",
  summary: "Say where a model's name goes: upstreams in order, each tried when the one before it fails",
  permission: "models.write",
  // What agents say goes to another place.
  presence: true,
  input: z.strictObject({
    model: modelPattern,
    targets: z
      .array(target)
      .min(1)
      .max(TARGETS_MAX)
      .describe("UPSTREAM/MODEL, best first; UPSTREAM/* keeps the name as it was asked for"),
  }),
  output: routeShape,
  positional: ["model", "targets"],
  examples: [
    "models set-route llama3.2 ollama/llama3.2 gpu/meta-llama/Llama-3.2-3B",
    "models set-route 'gpt-*' 'openai/*'",
  ],
  async plan(context, { model, targets }) {
    const wanted = targets.map(targetOf);
    demandPattern(model);
    for (const { upstream } of wanted) await findUpstream(context, upstream);
    await demandRoom(context, model);
    return {
      would: `let ${model} go to ${targets.join(", then ")}`,
      commit: (committing) => setRoute(committing, model, wanted),
    };
  },
});

export const modelsRemoveRoute = write({
  name: "models.remove-route",
  summary: "Remove a route: the name goes where a prefix or the upstreams' own lists say",
  permission: "models.write",
  effect: "destructive",
  presence: true,
  input: z.strictObject({ model: modelPattern }),
  output: routeShape,
  positional: ["model"],
  async plan(context, { model }) {
    const row = await context.store.query
      .selectFrom("routes")
      .selectAll()
      .where("model", "=", model)
      .executeTakeFirst();
    if (row === undefined) throw routeUnknown(model);
    return {
      would: `remove the route of ${model}`,
      async commit(committing) {
        const { query } = committing.store;
        await commitBatch(committing, {
          writes: [stateWrite(query.deleteFrom("routes").where("model", "=", model), 1)],
          entries: [
            entry(committing, "route.changed", subjectOf(model), {
              change: "removed",
              targets: textsOf(routeOfRow(row).targets),
            }),
          ],
        });
        return shown(committing, model);
      },
    };
  },
});

async function setRoute(context: OperationContext, model: string, targets: readonly Target[]) {
  const change = {
    targets: canonicalJson(targets.map(({ upstream, model: name }) => ({ upstream, model: name }))),
    changed_by: context.caller.user,
    changed_at: context.ambient.now(),
  };
  const insert = context.store.query
    .insertInto("routes")
    .values({ model, ...change })
    .onConflict((conflict) => conflict.column("model").doUpdateSet(change));
  await commitBatch(context, {
    writes: [stateWrite(insert, 1)],
    entries: [
      entry(context, "route.changed", subjectOf(model), { change: "set", targets: textsOf(targets) }),
    ],
  });
  return shown(context, model);
}

async function shown(context: OperationContext, model: string) {
  await context.models.reload();
  const [route] = context.models.routes(model);
  return routeView(context, route ?? { model, by: "nothing", rule: null, targets: [] });
}

function targetOf(text: string): Target {
  const at = text.indexOf("/");
  const [upstream, model] = [text.slice(0, at), text.slice(at + 1)];
  if (isModelName(model)) return { upstream: serverNameOf(upstream), model };
  throw routeInvalid(`${upstream}/… names no model that can be asked for`);
}

function demandPattern(model: string): void {
  if (model.slice(0, -1).includes("*"))
    throw routeInvalid("a * stands at the end of a prefix and nowhere else");
}

async function demandRoom(context: ReadContext, model: string): Promise<void> {
  const rows = await context.store.query.selectFrom("routes").select("model").execute();
  if (rows.length < ROUTES_MAX || rows.some((row) => row.model === model)) return;
  throw routeInvalid(`there are already ${ROUTES_MAX} routes`);
}

/** How the ledger names a route: models may be called what servers are. */
function subjectOf(model: string): string {
  return `route:${model}`;
}

function textsOf(targets: readonly Target[]): string[] {
  return targets.map(({ upstream, model }) => `${upstream}/${model}`);
}

function routeUnknown(model: string): Fault {
  return new Fault(
    "route_unknown",
    `there is no route ${JSON.stringify(model)}`,
    "See `doorward models routes`; a name that upstreams list themselves has none to remove.",
  );
}

function routeInvalid(why: string): Fault {
  return new Fault(
    "route_invalid",
    `this route cannot be: ${why}`,
    "Write it like `doorward models set-route 'gpt-*' 'openai/*'`.",
  );
}
