import { canonicalJson, Fault } from "#base";
import { identityOfUpstream, sealedKeyOf, type UpstreamConfiguration, UPSTREAMS_MAX } from "#inference";
import { lookAlike, nameSkeleton, RESERVED_SERVER_NAMES } from "#policy";
import type { StateWrite } from "#ledger";
import type { Schema } from "#store";
import { aloneWith } from "./alone-with.ts";
import { changedMeanwhile, commitBatch, entry, sameName, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { write } from "./operation.ts";
import { type Prospect, prospectOf, upstreamInput } from "./upstreams-input.ts";
import { findUpstream, listedOf, modelNames, upstreamShape, upstreamView } from "./upstreams-view.ts";

export const upstreamsAdd = write({
  name: "upstreams.add",
  summary: "Add a model upstream: ask it what models it has, and let names go there",
  permission: "models.write",
  // It sends what agents say, and a credential, to a new place.
  presence: true,
  input: upstreamInput,
  output: upstreamShape.extend(modelNames.shape),
  positional: ["name"],
  examples: [
    "upstreams add ollama --kind ollama",
    "upstreams add gpu --kind vllm --url http://10.0.0.7:8000/v1 --allow-private",
    "upstreams add openai --kind openai --key env:OPENAI_API_KEY --prices 'gpt-5=1.25/10'",
    "upstreams add vertex --kind vertex --location us-central1 --service-account key.json",
  ],
  async plan(context, input) {
    const { name } = input;
    const prospect = prospectOf(context, input);
    await refuseUpstreamName(context, name);
    return {
      would: `ask ${prospect.configuration.url} what models it has, and add it as upstream ${name}`,
      commit: (committing) =>
        aloneWith(committing.models, name, () =>
          add(committing, prospect, { name, isChecked: !input.unchecked }),
        ),
    };
  },
});

interface Adding {
  readonly name: string;
  readonly isChecked: boolean;
}

async function add(context: OperationContext, prospect: Prospect, { name, isChecked }: Adding) {
  const { configuration, secret, prices } = prospect;
  await demandLooked(context, prospect, { name, isChecked });
  // Somebody may have finished adding it between the plan and now.
  if ((await namesLike(context, name)).length > 0) throw changedMeanwhile();
  const row: Schema["upstreams"] = {
    name,
    kind: configuration.kind,
    url: configuration.url,
    ...columnsOf(configuration),
    allow_private: configuration.allowPrivate ? 1 : 0,
    prices: canonicalJson(prices),
    status: "active",
    added_by: context.caller.user,
    created_at: context.ambient.now(),
  };
  await commitBatch(context, {
    writes: [
      stateWrite(context.store.query.insertInto("upstreams").values(row).onConflict(sameName), 1),
      ...secretWrites(context, name, secret),
    ],
    entries: [entry(context, "upstream.added", name, factsOf(configuration))],
  });
  await context.models.reload();
  return { ...upstreamView(context, await findUpstream(context, name)), ...listedOf(context, name) };
}

/** Asks what is about to be added or changed; says on whose behalf where it fails. */
export async function demandLooked(
  { models, progress }: OperationContext,
  { configuration, secret }: Pick<Prospect, "configuration" | "secret">,
  { name, isChecked }: Adding,
): Promise<void> {
  if (!isChecked) return;
  progress(`Asking ${name} what models it has`);
  await models.look(configuration, secret);
}

/** The columns that identity is made of. */
export function columnsOf(
  configuration: UpstreamConfiguration,
): Pick<Schema["upstreams"], "protocols" | "credential" | "identity"> {
  return {
    protocols: canonicalJson([...configuration.protocols]),
    credential: canonicalJson({ ...configuration.credential }),
    identity: identityOfUpstream(configuration),
  };
}

/** What the ledger says of an upstream: never a secret, nor how it is sealed. */
export function factsOf(configuration: UpstreamConfiguration) {
  return {
    kind: configuration.kind,
    identity: identityOfUpstream(configuration),
    credential: configuration.credential.type,
    local: configuration.allowPrivate,
  };
}

export function secretWrites(context: OperationContext, name: string, secret: string): StateWrite[] {
  if (secret === "") return [];
  const sealed = sealedKeyOf(name, secret, context.keys);
  const changed_at = context.ambient.now();
  const insert = context.store.query
    .insertInto("upstream_secrets")
    .values({ ...sealed, changed_at })
    .onConflict((conflict) =>
      conflict.columns(["server", "name"]).doUpdateSet({ sealed: sealed.sealed, changed_at }),
    );
  return [stateWrite(insert, 1)];
}

async function refuseUpstreamName(context: ReadContext, name: string): Promise<void> {
  const reserved = RESERVED_SERVER_NAMES.has(name) ? name : lookAlike(name, RESERVED_SERVER_NAMES);
  const [taken] = reserved === null ? await namesLike(context, name) : [reserved];
  if (taken === undefined) return;
  throw new Fault(
    "upstream_name_taken",
    taken === name
      ? `${name} is already the name of an upstream or a server, or a word of the protocol`
      : `${name} could be taken for ${taken}, by a person or a model`,
    "Choose another short name, or remove the one there is: `doorward upstreams remove NAME`.",
  );
}

/** Upstreams and servers of this name or one that looks like it: policies and people name both alike. */
async function namesLike(context: ReadContext, name: string): Promise<string[]> {
  const { query } = context.store;
  const upstreams = await query.selectFrom("upstreams").select("name").execute();
  if (upstreams.length >= UPSTREAMS_MAX) throw tooMany();
  const servers = await query.selectFrom("servers").select("name").execute();
  const skeleton = nameSkeleton(name);
  return [...upstreams, ...servers]
    .map((row) => row.name)
    .filter((other) => nameSkeleton(other) === skeleton);
}

function tooMany(): Fault {
  return new Fault(
    "upstreams_too_many",
    `there are already ${UPSTREAMS_MAX} upstreams`,
    "Remove one that is not needed: `doorward upstreams remove NAME`.",
  );
}
