import { z } from "zod";
import { canonicalJson } from "#base";
import { checkProtocols, type UpstreamConfiguration, upstreamOfRow } from "#inference";
import type { Schema } from "#store";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { write } from "./operation.ts";
import { columnsOf, demandLooked, factsOf, secretWrites } from "./upstreams-add.ts";
import { credentialOf, pricesOf, type Prospect, respects, upstreamName } from "./upstreams-input.ts";
import { findUpstream, listedOf, modelNames, upstreamShape, upstreamView } from "./upstreams-view.ts";

const input = z.strictObject({ upstream: upstreamName, ...respects });
type Input = z.output<typeof input>;

export const upstreamsSet = write({
  name: "upstreams.set",
  summary: "Change an upstream's key, protocols or prices; what is not named stays",
  permission: "models.write",
  // It changes which credential goes there.
  presence: true,
  input,
  output: upstreamShape.extend(modelNames.shape),
  positional: ["upstream"],
  examples: [
    "upstreams set openai --key env:OPENAI_API_KEY",
    "upstreams set openai --prices 'gpt-5=1.25/10' '*=2.5/20'",
  ],
  async plan(context, wanted) {
    const row = await findUpstream(context, wanted.upstream);
    const change = changeOf(context, row, wanted);
    return {
      would: `change ${change.what.join(", ") || "nothing"} of upstream ${row.name}`,
      commit: (committing) => commit(committing, row, { ...change, isChecked: !wanted.unchecked }),
    };
  },
});

interface Change extends Prospect {
  /** Whether `secret` takes the place of what is sealed. */
  readonly isKeyNew: boolean;
  readonly what: readonly string[];
}

function changeOf(context: ReadContext, row: Schema["upstreams"], wanted: Input): Change {
  const known = upstreamOfRow(row);
  const isKeyNew =
    wanted.key !== undefined || wanted.serviceAccount !== undefined || wanted.keyHeader !== undefined;
  const kept = known.credential.type === "header" ? { keyHeader: known.credential.header } : {};
  const given = wanted.key === undefined ? wanted : { ...kept, ...wanted };
  const { credential, secret } = isKeyNew
    ? credentialOf(context, known.kind, { ...given, keyHeader: given.keyHeader })
    : { credential: known.credential, secret: "" };
  const protocols = wanted.protocols ?? known.protocols;
  checkProtocols(known.kind, protocols);
  const { kind, url, allowPrivate } = known;
  const what = [
    isKeyNew ? "key" : "",
    wanted.protocols === undefined ? "" : "protocols",
    Object.keys(wanted.prices).length === 0 ? "" : "prices",
  ].filter((word) => word !== "");
  const configuration: UpstreamConfiguration = { kind, url, protocols, allowPrivate, credential };
  return { configuration, secret, prices: pricesOf(known.prices, wanted.prices), isKeyNew, what };
}

async function commit(
  context: OperationContext,
  before: Schema["upstreams"],
  { configuration, secret, prices, isKeyNew, what, isChecked }: Change & { readonly isChecked: boolean },
) {
  const { name } = before;
  await demandLooked(context, { configuration, secret }, { name, isChecked: isChecked && isKeyNew });
  const next = { ...columnsOf(configuration), prices: canonicalJson(prices) };
  const update = context.store.query.updateTable("upstreams").set(next).where("name", "=", name);
  await commitBatch(context, {
    writes: [
      stateWrite(update.where("identity", "=", before.identity).where("prices", "=", before.prices), 1),
      ...secretWrites(context, name, secret),
    ],
    entries: [
      entry(context, "upstream.changed", name, { ...factsOf(configuration), from: before.identity, what }),
    ],
  });
  await context.models.reload();
  return { ...upstreamView(context, await findUpstream(context, name)), ...listedOf(context, name) };
}
