import type { Json } from "#base";
import { LLM_LIMITS } from "../limits.ts";
import {
  anyJson,
  type Check,
  either,
  fields,
  flag,
  integer,
  invalid,
  list,
  nullable,
  oneOf,
  refused,
  text,
} from "../strict.ts";
import { COMMON_FIELDS } from "./chat.table.ts";
import { REFUSED_EXTRAS, SAMPLING_EXTRAS } from "./extras.table.ts";

// POST /v1/completions and /v1/embeddings. Sources: npm `openai` 7.57.0, resources/completions.d.ts
// (CompletionCreateParamsBase) and resources/embeddings.d.ts (EmbeddingCreateParams).

const TOKENS_MAX = 200_000;

const onlyOne: Check = (value) =>
  value === null || value === 1
    ? null
    : invalid("must be 1", "Send one request for each answer that you want.");

const tokens = list(integer(0), TOKENS_MAX, 1);

/** One prompt, as text or as tokens; a list with one prompt in it is one too. */
const onePrompt: Check = either("must be text, a list of tokens or a list with one prompt", {
  text: text(),
  list: (value: Json) => {
    if (!Array.isArray(value) || value.length === 0) return invalid("must not be empty");
    if (typeof value[0] === "number") return tokens(value);
    if (value.length > 1) return invalid("has more than one prompt", "Send one request for each prompt.");
    return Array.isArray(value[0]) ? list(tokens, 1)(value) : list(text(), 1)(value);
  },
});

const SHAPE = "changes the shape of the answer, which this door could then not read";

export const COMPLETION_BODY: Check = fields(
  {
    ...REFUSED_EXTRAS,
    ...SAMPLING_EXTRAS,
    ...COMMON_FIELDS,
    prompt: onePrompt,
    best_of: onlyOne,
    echo: either("must be false", { null: anyJson, flag: oneOf(false) }),
    logprobs: nullable(integer(0, 20)),
    suffix: nullable(text()),
    add_special_tokens: nullable(flag),
    prompt_embeds: refused("is a prompt that cannot be read", "Send the prompt as text."),
    return_tokens_as_token_ids: refused(SHAPE, "Leave it out."),
  },
  { required: ["model", "prompt"] },
);

const embedInput: Check = either("must be text, a list of texts or lists of tokens", {
  text: text(Number.POSITIVE_INFINITY, 1),
  list: (value: Json) => {
    if (!Array.isArray(value) || value.length === 0) return invalid("must not be empty");
    if (typeof value[0] === "number") return tokens(value);
    return list(Array.isArray(value[0]) ? tokens : text(), LLM_LIMITS.inputsMax)(value);
  },
});

/** Beside OpenAI's own: what vLLM and llama.cpp document for /v1/embeddings (unverified: `embd_normalize`, `normalize`). */
export const EMBEDDING_BODY: Check = fields(
  {
    model: text(LLM_LIMITS.modelNameUnitsMax, 1),
    input: embedInput,
    dimensions: nullable(integer(1, 1_000_000)),
    encoding_format: nullable(oneOf("float", "base64")),
    user: nullable(text(1_000)),
    truncate_prompt_tokens: nullable(integer(-1)),
    add_special_tokens: nullable(flag),
    normalize: nullable(flag),
    embd_normalize: nullable(integer()),
  },
  { required: ["model", "input"] },
);
