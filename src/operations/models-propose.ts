import { z } from "zod";
import { unreachableGroups } from "#approvals";
import { type Digest, Fault } from "#base";
import { reachOf } from "#identity";
import {
  type Evidence,
  EVIDENCE_KINDS,
  find,
  PROPOSAL_MS,
  propose,
  proposalIdOf,
  type RegisteredModel,
  RISK_CLASSES,
  type Service,
  type Terms,
} from "#registry";
import type { UserId } from "#vocabulary";
import { userIdOf } from "./accounts/rows.ts";
import { peopleNow } from "./approval-parties.ts";
import type { ReadContext } from "./context.ts";
import { modelReference, userReference } from "./fields.ts";
import { modelDigestInput, modelNameInput } from "./models-registry.ts";
import { write } from "./operation.ts";
import { demandTheirs, keepModel, plainText, type Read, readModel, waitingDigest } from "./registry-rows.ts";
import { modelShape, modelView, serviceName } from "./registry-view.ts";
import { findUpstream } from "./upstreams-view.ts";
import { findUser } from "./users.ts";

const SERVICES_MAX = 16;
const EVIDENCE_MAX = 16;
const WORDS_MAX = 500;
const VALID_DAYS_MAX = 730;
const VALID_DAYS_DEFAULT = 365;
const EVIDENCE = new RegExp(
  `^(?<kind>${EVIDENCE_KINDS.join("|")}) (?<verdict>ok|bad|unknown) (?<digest>sha256:[0-9a-f]{64}) (?<summary>\\S.*)$`,
);

const evidenceText = plainText(WORDS_MAX).regex(EVIDENCE, "KIND ok|bad|unknown sha256:… SUMMARY");

const proposalInput = z.strictObject({
  digest: modelDigestInput,
  name: modelNameInput.optional().describe("What people call it; needed where it was not found before"),
  purpose: plainText(WORDS_MAX).describe("What it is for"),
  risk: z
    .enum(RISK_CLASSES)
    .describe("How much harm a wrong choice of it can do: who must say yes depends on it"),
  owner: userReference.optional().describe("Who answers for it (default: you)"),
  licence: plainText(200).optional().describe("SPDX identifier, or the licence's name"),
  services: z
    .array(modelReference)
    .max(SERVICES_MAX)
    .default([])
    .describe(
      "UPSTREAM/MODEL where it answers: anything else that answers there is refused once this is approved",
    ),
  evidence: z
    .array(evidenceText)
    .max(EVIDENCE_MAX)
    .default([])
    .describe(
      "KIND VERDICT DIGEST SUMMARY of a report: scan, licence, lineage, signature or evaluation; ok, bad or unknown",
    ),
  validDays: z
    .int()
    .min(1)
    .max(VALID_DAYS_MAX)
    .default(VALID_DAYS_DEFAULT)
    .describe("For how long it may serve, from the last yes on"),
});

export const modelsPropose = write({
  name: "models.propose",
  summary: "Propose that a model may serve: by its digest, for a purpose, with what was found out about it",
  permission: "models.propose",
  input: proposalInput,
  output: modelShape,
  positional: ["digest"],
  examples: [
    'models propose sha256:… --name llama-3.2-1b --purpose "answers mail" --risk low --services ollama/llama3.2',
  ],
  async plan(context, input) {
    const known = (await readModel(context, input.digest)) ?? newModel(context, input.digest, input.name);
    demandTheirs(context, known.model);
    const terms = await termsOf(context, input);
    const groups = context.registering.approval[terms.risk];
    await demandReachable(context, terms, groups);
    return {
      would: `propose the model ${known.model.name}; ${groups.join(" and ")} must say yes`,
      async commit(committing) {
        const { ambient, caller } = committing;
        const next = propose(known.model, {
          id: proposalIdOf(ambient.id("mpr")),
          terms,
          by: caller.user,
          now: ambient.now(),
          groups,
        });
        await keepModel(committing, known, next, { change: "proposed", body: bodyOf(next) });
        return modelView(committing, next);
      },
    };
  },
});

type Input = z.output<typeof proposalInput>;

function newModel({ ambient }: ReadContext, digest: Digest, name: string | undefined): Read {
  if (name === undefined)
    throw new Fault(
      "input_invalid",
      "this model was not found before, and so has no name",
      "Name it: `doorward models propose DIGEST --name NAME`.",
    );
  const model = find(null, { digest, name, format: null, place: null, now: ambient.now() });
  return { model, revision: null };
}

async function termsOf(context: ReadContext, input: Input): Promise<Terms> {
  const { purpose, risk, licence = null, validDays, digest } = input;
  const services = await Promise.all(
    [...new Set(input.services)].map(async (one) => serviceOf(context, digest, one)),
  );
  const evidence = input.evidence.map(evidenceIn);
  const owner = await ownerOf(context, input.owner);
  return { owner, purpose, risk, licence, services, evidence, validDays };
}

async function ownerOf(context: ReadContext, reference: string | undefined): Promise<UserId> {
  if (reference === undefined) return context.caller.user;
  const owner = userIdOf((await findUser(context, reference)).id);
  if (owner === context.caller.user || reachOf(context.caller, "models.propose") === "all") return owner;
  throw new Fault(
    "not_yours",
    "somebody else cannot be made answerable for a model by you",
    "Propose it as your own, or ask an admin.",
  );
}

/** With what is around the weights there now: a yes is for that. Throws `upstream_unknown`, `model_service_other`. */
async function serviceOf(context: ReadContext, digest: Digest, reference: string): Promise<Service> {
  const at = reference.indexOf("/");
  const [upstream, model] = [reference.slice(0, at), reference.slice(at + 1)];
  await findUpstream(context, upstream);
  const told = await context.models.identity({ upstream, model });
  if (told.digest === null || told.digest === digest) return { upstream, model, manifest: told.manifest };
  throw new Fault(
    "model_service_other",
    `what answers as ${reference} is another model: ${told.digest}`,
    "Propose that digest, or put this model there first.",
  );
}

function evidenceIn(text: string): Evidence {
  const { kind, verdict, digest, summary } = EVIDENCE.exec(text)?.groups ?? {};
  return evidenceShape.parse({ kind, verdict, digest, summary });
}

const evidenceShape = z.object({
  kind: z.enum(EVIDENCE_KINDS),
  verdict: z.enum(["ok", "bad", "unknown"]),
  digest: modelDigestInput,
  summary: z.string(),
});

/** As of holds: what nobody could answer is refused at once, and says so. */
async function demandReachable(context: ReadContext, terms: Terms, groups: readonly string[]): Promise<void> {
  const people = await peopleNow(context.store.query, context.ambient.now());
  const parties = { ...people, owners: [terms.owner], requesters: [context.caller.user] };
  const [missing] = unreachableGroups({ groups, expiresAfterMs: PROPOSAL_MS }, parties);
  if (missing === undefined) return;
  throw new Fault(
    "model_no_approver",
    `too few people could say yes to a model of risk class ${terms.risk}: it needs ${missing}`,
    "Add users to that group, or say who approves with the setting `models.approval` (docs/guide/models.md).",
  );
}

function bodyOf(model: RegisteredModel) {
  const { terms, groups, id } = model.proposal ?? { terms: null, groups: [], id: "" };
  return {
    proposal: id,
    terms: waitingDigest(model),
    owner: terms?.owner ?? null,
    risk: terms?.risk ?? null,
    services: (terms?.services ?? []).map((one) => ({ name: serviceName(one), manifest: one.manifest })),
    evidence: (terms?.evidence ?? []).map(({ kind, verdict, digest }) => ({ kind, verdict, digest })),
    groups: [...groups],
  };
}
