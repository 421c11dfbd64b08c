import type { OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";
import { ago, answering } from "./console-seed-base.ts";

type Model = OutputOf<"models.get">;

const digestOf = (pair: string): `sha256:${string}` => `sha256:${pair.repeat(32)}`;

const TERMS: NonNullable<Model["terms"]> = {
  owner: "ben",
  purpose: "answers mail of the support desk",
  risk: "low",
  licence: "Llama-3.2-Community",
  services: [{ name: "ollama/llama3.2:3b", manifest: digestOf("a1") }],
  evidence: [
    { kind: "scan", verdict: "ok", digest: digestOf("5c"), summary: "nothing found in 1 file" },
    {
      kind: "licence",
      verdict: "unknown",
      digest: digestOf("11"),
      summary: "the base's licence is not known",
    },
    { kind: "signature", verdict: "bad", digest: digestOf("51"), summary: "signed by nobody that we trust" },
  ],
  validDays: 365,
};

const model = (over: Partial<Model>): Model => ({
  digest: digestOf("3b"),
  name: "llama-3.2-3b-instruct-q4_k_m",
  format: "gguf",
  status: "approved",
  proof: "proven",
  owner: "ben",
  risk: "low",
  licence: "Llama-3.2-Community",
  services: ["ollama/llama3.2:3b"],
  waits: false,
  approvedAt: ago(864_000),
  expiresAt: ago(-8_640_000),
  foundAt: ago(1_728_000),
  purpose: TERMS.purpose,
  reason: null,
  terms: TERMS,
  serving: [
    {
      name: "ollama/llama3.2:3b",
      proof: "proven",
      digest: digestOf("3b"),
      manifest: digestOf("a1"),
      same: true,
      why: null,
    },
  ],
  places: [
    {
      host: "lab-7",
      path: "/usr/share/ollama/.ollama/models/blobs/sha256-3b3b",
      size: 2_019_377_376,
      at: ago(90),
    },
  ],
  proposal: null,
  ...over,
});

const NOTHING: Partial<Model> = {
  approvedAt: null,
  expiresAt: null,
  services: [],
  serving: [],
  places: [],
};

const REGISTER: readonly Model[] = [
  model({}),
  model({
    ...NOTHING,
    digest: digestOf("90"),
    name: "gpt-oss-20b",
    status: "proposed",
    proof: "unproven",
    risk: "high",
    licence: "Apache-2.0",
    waits: true,
    services: ["gpu/gpt-oss-20b"],
    serving: [
      {
        name: "gpu/gpt-oss-20b",
        proof: "unproven",
        digest: null,
        manifest: null,
        same: false,
        why: "runtimes of this kind tell a name and no digest",
      },
    ],
    proposal: {
      digest: digestOf("77"),
      by: "ben",
      at: ago(7_200),
      until: ago(-2_584_800),
      outcome: "waiting",
      groups: ["admins, 2, not-requester"],
      missing: ["admins, 2, not-requester"],
      terms: { ...TERMS, purpose: "drafts contracts", risk: "high", services: [] },
      decisions: [{ by: "cleo", answer: "approve", at: ago(3_600), via: "console", note: null }],
    },
  }),
  model({
    ...NOTHING,
    digest: digestOf("e7"),
    name: "llama-3.2-uncensored\u202Eff",
    status: "revoked",
    proof: "unproven",
    owner: "cleo",
    licence: null,
    reason: "its chat template hides instructions",
  }),
  model({
    ...NOTHING,
    digest: digestOf("f0"),
    name: "ggml-model-q4_0.gguf",
    status: "found",
    proof: "unproven",
    owner: null,
    risk: null,
    licence: null,
    purpose: null,
    terms: null,
  }),
];

const named = (query: URLSearchParams): Model =>
  REGISTER.find(({ digest }) => digest === query.get("digest")) ?? model({});

/** What the register of models answers. */
export const REGISTER_ANSWERS: readonly (readonly [string, Answering])[] = [
  ["/models/registered", answering("models.registered", () => ({ items: [...REGISTER], next: null }))],
  ["/models/get", answering("models.get", named)],
];

/** The register of a new installation. */
export const NO_REGISTER: readonly (readonly [string, Answering])[] = [
  ["/models/registered", answering("models.registered", () => ({ items: [], next: null }))],
];
