import { z } from "zod";
import { Fault } from "#base";
import { find, modelDigestText } from "#registry";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { read, write } from "./operation.ts";
import { findModel, keepModel, modelIn, plainText, type Read, readModel } from "./registry-rows.ts";
import {
  modelShape,
  modelView,
  namesOf,
  registeredShape,
  registeredView,
  STATUSES,
} from "./registry-view.ts";

/** Found and never proposed: whoever reports cannot fill the register. */
const FOUND_MAX = 20_000;
/** What was seen in one place is written down again after this. */
const SEEN_AGAIN_MS = 6 * 3_600_000;
const NAME_CHARS_MAX = 256;
const PATH_CHARS_MAX = 1_024;
const HOST_CHARS_MAX = 253;

export const modelDigestInput = modelDigestText.describe(
  "The model's whole digest: sha256: and 64 hexadecimal digits",
);

export const modelNameInput = plainText(NAME_CHARS_MAX).describe("What people call it");

export const modelsRegistered = read({
  name: "models.registered",
  summary: "List the models that the organisation knows: found, proposed, approved, deprecated, revoked",
  permission: "models.read",
  input: z.strictObject({
    ...pageInput,
    status: z.enum(STATUSES).optional().describe("Only those"),
  }),
  output: pageOf(registeredShape),
  columns: ["name", "digest", "status", "proof", "owner", "licence", "expiresAt", "services"],
  examples: ["models registered", "models registered --status approved"],
  async run(context, { after, limit, status }) {
    const key = keyOfCursor(after);
    const now = context.ambient.now();
    let query = context.store.query
      .selectFrom("registered_models")
      .selectAll()
      .where("digest", ">", key)
      .orderBy("digest")
      .limit(limit + 1);
    if (status === "expired") query = query.where("stage", "=", "approved").where("expires_at", "<=", now);
    else if (status === "approved")
      query = query.where("stage", "=", "approved").where("expires_at", ">", now);
    else if (status !== undefined) query = query.where("stage", "=", status);
    const rows = await query.execute();
    const names = await namesOf(context);
    const views = await Promise.all(rows.map(async (row) => registeredView(context, modelIn(row), names)));
    return page(views, limit, { item: (view) => view, keyOf: ({ digest }) => digest });
  },
});

export const modelsGet = read({
  name: "models.get",
  summary:
    "Show one model of the register: its terms, evidence, places, proposal, and what answers under its names now",
  permission: "models.read",
  input: z.strictObject({ digest: modelDigestInput }),
  output: modelShape,
  positional: ["digest"],
  async run(context, { digest }) {
    return modelView(context, (await findModel(context, digest)).model);
  },
});

const foundInput = z.strictObject({
  digest: modelDigestInput,
  name: modelNameInput,
  format: plainText(40).optional().describe("gguf, safetensors, …"),
  host: plainText(HOST_CHARS_MAX).optional().describe("The machine that it was seen on"),
  path: plainText(PATH_CHARS_MAX).optional().describe("Where it lies there"),
  size: z.int().min(0).default(0).describe("Bytes"),
});

export const modelsFound = write({
  name: "models.found",
  summary: "Report a model that was seen: nobody may use it more for that, and people see that it is there",
  permission: "models.report",
  input: foundInput,
  output: modelShape,
  positional: ["digest", "name"],
  examples: ["models found sha256:… llama-3.2-1b.gguf --host lab-7 --path /data/llama-3.2-1b.gguf"],
  async plan(context, input) {
    const known = await readModel(context, input.digest);
    if (known === null) await demandRoom(context);
    return {
      would:
        known === null
          ? `put ${input.name} into the register as found`
          : `note where ${known.model.name} was seen`,
      commit: (committing) => noteFound(committing, known, input),
    };
  },
});

type Seen = z.output<typeof foundInput>;

async function noteFound(context: OperationContext, known: Read | null, input: Seen) {
  const { digest, name, format = null, host, path, size } = input;
  const now = context.ambient.now();
  const place = host === undefined || path === undefined ? null : { host, path, size, at: now };
  const model = find(known?.model ?? null, { digest, name, format, place, now });
  const before = known?.model.places.find((one) => one.host === host && one.path === path);
  const isNew =
    known === null || (place !== null && (before === undefined || now - before.at >= SEEN_AGAIN_MS));
  if (!isNew) return modelView(context, known.model);
  await keepModel(context, known ?? { model, revision: null }, model, { change: "found" });
  return modelView(context, model);
}

async function demandRoom({ store }: ReadContext): Promise<void> {
  const { count } = await store.query
    .selectFrom("registered_models")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("stage", "=", "found")
    .executeTakeFirstOrThrow();
  if (count < FOUND_MAX) return;
  throw new Fault(
    "registry_full",
    `${FOUND_MAX} models were found that nobody proposed`,
    "Propose or revoke what is there: `doorward models registered --status found`.",
  );
}
