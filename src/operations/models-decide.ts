import { z } from "zod";
import { type Digest, Fault } from "#base";
import { answer, type Answered, deprecate, find, type RegisteredModel, revoke } from "#registry";
import { peopleNow } from "./approval-parties.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { modelDigestInput } from "./models-registry.ts";
import { write } from "./operation.ts";
import {
  demandTheirs,
  findModel,
  keepModel,
  plainText,
  type Read,
  readModel,
  serviceWrites,
  waitingDigest,
} from "./registry-rows.ts";
import { modelShape, modelView } from "./registry-view.ts";

const REASON_CHARS_MAX = 500;

const reason = plainText(REASON_CHARS_MAX).describe("Why: shown to people, and kept for the record");
const denialInput = z.strictObject({
  digest: modelDigestInput,
  proposal: modelDigestInput
    .optional()
    .describe("Answer only this proposal: the `proposal.digest` that you looked at"),
  note: plainText(REASON_CHARS_MAX).optional().describe("Why, for whoever looks at it later"),
});

/** Nobody says yes to other terms than those that they looked at. */
const approvalInput = denialInput.extend({
  proposal: modelDigestInput.describe(
    "The `proposal.digest` of the terms that you looked at: `doorward models get DIGEST`",
  ),
});

export const modelsApprove = write({
  name: "models.approve",
  summary: "Say yes to what is proposed of a model: it serves once everybody did who must",
  permission: "approvals.decide",
  presence: true,
  input: approvalInput,
  output: modelShape,
  positional: ["digest"],
  examples: ["models approve sha256:… --proposal sha256:…"],
  plan: async (context, input) => planAnswer(context, input, "approve"),
});

export const modelsDeny = write({
  name: "models.deny",
  summary: "Say no to what is proposed of a model; what served before serves on",
  permission: "approvals.decide",
  input: denialInput,
  output: modelShape,
  positional: ["digest"],
  plan: async (context, input) => planAnswer(context, input, "deny"),
});

type Input = z.output<typeof denialInput>;
type Said = "approve" | "deny";

async function planAnswer(context: ReadContext, input: Input, said: Said) {
  const known = await findModel(context, input.digest);
  demandProposal(known.model, input.proposal);
  await answered(context, known, input, said);
  return {
    would: `${said === "approve" ? "say yes" : "say no"} to the proposal of ${known.model.name}`,
    commit: async (committing: OperationContext) => keepAnswer(committing, known, input, said),
  };
}

async function answered(
  context: ReadContext,
  { model }: Read,
  { note }: Input,
  said: Said,
): Promise<Answered> {
  const { ambient, caller, store } = context;
  const now = ambient.now();
  const people = await peopleNow(store.query, now);
  const saying = { by: caller.user, answer: said, at: now, via: caller.via, note: note ?? null, from: null };
  return answer(model, saying, { ...people, owners: [] });
}

async function keepAnswer(context: OperationContext, known: Read, input: Input, said: Said) {
  const { model, came, missing } = await answered(context, known, input, said);
  const change = came === "recorded" ? "answered" : came;
  await keepModel(context, known, model, {
    change,
    body: {
      proposal: model.proposal?.id ?? null,
      terms: waitingDigest(model),
      answer: said,
      missing: [...missing],
      expiresAt: model.expiresAt === null ? null : new Date(model.expiresAt).toISOString(),
    },
    writes: came === "approved" ? await serviceWrites(context, model) : [],
  });
  return modelView(context, model);
}

function demandProposal(model: RegisteredModel, wanted: Digest | undefined): void {
  const waiting = waitingDigest(model);
  if (waiting === null || wanted === undefined || wanted === waiting) return;
  throw new Fault(
    "model_proposal_changed",
    "the model was proposed anew, with other terms than those that you looked at",
    "Look at it again: `doorward models get DIGEST`.",
  );
}

export const modelsDeprecate = write({
  name: "models.deprecate",
  summary: "Say that a model is on its way out: it serves on, and policy sees it",
  permission: "models.propose",
  input: z.strictObject({ digest: modelDigestInput, reason }),
  output: modelShape,
  positional: ["digest"],
  examples: ['models deprecate sha256:… --reason "3.3 takes its place in March"'],
  async plan(context, { digest, reason: why }) {
    const known = await findModel(context, digest);
    demandTheirs(context, known.model);
    const next = deprecate(known.model, why);
    return {
      would: `deprecate the model ${next.name}`,
      async commit(committing) {
        await keepModel(committing, known, next, { change: "deprecated", words: why });
        return modelView(committing, next);
      },
    };
  },
});

export const modelsRevoke = write({
  name: "models.revoke",
  summary: "Take a model back: what it answers now is cut, and it serves nobody from then on, under no name",
  permission: "models.write",
  effect: "destructive",
  presence: true,
  input: z.strictObject({ digest: modelDigestInput, reason }),
  output: modelShape,
  positional: ["digest"],
  examples: ['models revoke sha256:… --reason "its template carries a backdoor"'],
  async plan(context, { digest, reason: why }) {
    const known = (await readModel(context, digest)) ?? unknown(context, digest);
    const next = revoke(known.model, why);
    return {
      would: `revoke the model ${next.name}, and cut what it answers now`,
      async commit(committing) {
        await keepModel(committing, known, next, { change: "revoked", words: why });
        committing.live.modelRevoked(digest);
        return modelView(committing, next);
      },
    };
  },
});

/** An advisory may come before the model does. */
function unknown({ ambient }: ReadContext, digest: Digest): Read {
  const model = find(null, { digest, name: digest, format: null, place: null, now: ambient.now() });
  return { model, revision: null };
}
