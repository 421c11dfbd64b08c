import { z } from "zod";
import { type Digest, digestOf } from "#base";
import { wholeName } from "./locality.ts";

// What runtimes tell of what they serve. Sources: ollama/ollama fb30760996871fa9460115c753afd2c60d4ab0f7, api/types.go
// (`ListModelResponse`: `digest`, of the manifest, 64 hexadecimal digits), server/images.go (`Model.String`: the Modelfile's first line
// is `FROM` and the blob of the weights; projectors, drafts and adapters follow), server/routes.go (`GetModelInfo`: comments before it);
// ggml-org/llama.cpp tools/server/README.md, `GET /props` (`model_path`, `chat_template`) and `GET /lora-adapters` (`path`, `scale`).

const HEX = /^[0-9a-f]{64}$/;
const COMMENT = /^(?:#|\s*$)/;
/** Older builds wrote a colon where newer ones write a hyphen. */
const FROM_BLOB = /^FROM (?<path>\S(?:.*[/\\])?sha256[-:](?<hex>[0-9a-f]{64}))\s*$/;
const PATH_CHARS_MAX = 4_096;
const ADAPTERS_MAX = 64;

const tags = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      digest: z.string().regex(HEX),
      remote_host: z.string().nullish(),
      remote_model: z.string().nullish(),
    }),
  ),
});

/** A model in an Ollama's list; `manifest` null: another place does its work, and this digest is of a note that says so. */
export interface Tagged {
  readonly manifest: Digest | null;
}

/**
 * The one model that this name means, by Ollama's own reading of names; null: there is none, or more than one, or this is no
 * list of an Ollama.
 */
export function taggedIn(answer: unknown, name: string): Tagged | null {
  const read = tags.safeParse(answer);
  if (!read.success) return null;
  const [one, ...others] = read.data.models.filter((model) => wholeName(model.name) === wholeName(name));
  if (one === undefined || others.length > 0) return null;
  const isElsewhere = [one.remote_host, one.remote_model].some((said) => said != null && said !== "");
  return { manifest: isElsewhere ? null : `sha256:${one.digest}` };
}

export interface WeightFile {
  readonly path: string;
  /** By its name: of the content that was put there. */
  readonly digest: Digest;
}

/** The blob of the weights in an answer of `/api/show`; null: it names none. Later lines are the publisher's own words. */
export function weightsIn(answer: unknown): WeightFile | null {
  const read = z.object({ modelfile: z.string() }).safeParse(answer);
  const line = read.data?.modelfile.split("\n").find((one) => !COMMENT.test(one)) ?? "";
  const { path, hex } = FROM_BLOB.exec(line)?.groups ?? {};
  return path === undefined || hex === undefined || path.length > PATH_CHARS_MAX
    ? null
    : { path, digest: `sha256:${hex}` };
}

const props = z.object({
  model_path: z.string().min(1).max(PATH_CHARS_MAX),
  chat_template: z.string().nullish(),
});
const adapters = z
  .array(z.object({ path: z.string().max(PATH_CHARS_MAX), scale: z.number() }))
  .max(ADAPTERS_MAX);

export interface Loaded {
  readonly path: string;
  /** Digest of its template and adapters; null: it does not say which adapters it has. */
  readonly manifest: Digest | null;
}

/** What a llama.cpp has loaded, of its answers to `/props` and `/lora-adapters`; null: it does not say. */
export function loadedIn(answer: unknown, lora: unknown): Loaded | null {
  const read = props.safeParse(answer);
  if (!read.success) return null;
  const { model_path: path, chat_template: template } = read.data;
  const listed = adapters.safeParse(lora);
  if (!listed.success) return { path, manifest: null };
  const around = listed.data.map((one) => ({ path: one.path, scale: String(one.scale) }));
  return { path, manifest: digestOf({ template: template ?? null, adapters: around }) };
}
