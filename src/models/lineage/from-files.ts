import type { Digest } from "#base";
import { type ByteSource, malformed, READ_BYTES_MAX } from "../bytes.ts";
import { recognise } from "../containers/recognise.ts";
import { type GgufFacts, readGguf } from "../gguf/read.ts";
import type { ModelFacts } from "../identify/facts.ts";
import { folderModel, type FolderFiles } from "../identify/from-folder.ts";
import { ggufModel } from "../identify/from-gguf.ts";
import { eachToken } from "../identify/tokenizer-json.ts";
import { jsonText } from "../json-text.ts";
import { claimsIn } from "../licences/claims.ts";
import { shown } from "../oddity.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { readSafetensors } from "../safetensors/read.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { Fingerprint } from "./print.ts";
import { readFingerprint } from "./text.ts";
import { type TokenizerPrint, tokenizerPrint } from "./tokenizer.ts";
import { ggufWeights, safetensorsWeights } from "./weights/tensors.ts";

export interface NamedSource {
  /** Its path as it is to be shown; the last part says what it is. */
  readonly name: string;
  readonly source: ByteSource;
}

const CONFIGURATION_BYTES_MAX = 4 * READ_BYTES_MAX;
const CONFIGURATIONS = [
  "config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "adapter_config.json",
] as const;
type Configurations = Omit<FolderFiles, "weights">;

/**
 * The fingerprint of one model's files: a GGUF with its further parts, or safetensors with their configurations and README.md, or a
 * fingerprint's own text. Malformed where they are none of that, or broken.
 */
export function fingerprintFrom(
  files: readonly NamedSource[],
  digest: Digest | null = null,
): Outcome<{ readonly print: Fingerprint }> {
  return outcomeOf(() => {
    const kinds = new Map(files.map((file) => [file, recognise(file.source).kinds]));
    const of = (kind: string): readonly NamedSource[] =>
      files.filter((file) => kinds.get(file)?.includes(kind) === true);
    const [ggufs, tensors, [only]] = [of("gguf"), of("safetensors"), files];
    if (ggufs.length > 0 && tensors.length > 0)
      throw malformed("there are both a GGUF and safetensors: which is meant has to be said", 0);
    if (ggufs.length > 0) return { print: ofGguf(ggufs, digest) };
    if (tensors.length > 0) return { print: ofFolder(tensors, files, digest) };
    if (only === undefined || files.length > 1)
      throw malformed("there are neither a GGUF nor safetensors nor one fingerprint", 0);
    return { print: sound(readFingerprint(wholeOf(only.source)), only.name).print };
  });
}

function sound<Read extends object>(outcome: Outcome<Read>, name: string): Read {
  if (outcome.ok) return outcome;
  throw malformed(`${shown(lastOf(name) ?? name)}: ${outcome.malformed.what}`, outcome.malformed.at);
}

function ofGguf(files: readonly NamedSource[], digest: Digest | null): Fingerprint {
  const tokenizer = tokenizerPrint();
  const watch = (key: string, token: Uint8Array): void => {
    if (key === "tokenizer.ggml.tokens") tokenizer.take(token);
  };
  const read = files.map(({ source, name }) => ({
    source,
    facts: sound(readGguf(source, watch), name).facts,
  }));
  checkParts(read.map(({ facts }) => facts));
  const parts = read.toSorted((one, other) => (one.facts.split?.no ?? 0) - (other.facts.split?.no ?? 0));
  const [first, ...others] = parts.map(({ facts }) => facts);
  if (first === undefined) throw malformed("there is no GGUF", 0);
  const facts = ggufModel(first, others);
  const merges = facts.tokenizer?.mergesDigest ?? null;
  return fingerprintOf({ weights: ggufWeights(parts), facts, tokenizer: tokenizer.end(merges), digest });
}

/** Several files are one model where they are different parts of the same count; anything else could be several models. */
function checkParts(parts: readonly GgufFacts[]): void {
  if (parts.length === 1) return;
  const [first] = parts.map(({ split }) => split);
  const nos = new Set(parts.map(({ split }) => (split?.count === first?.count ? split?.no : undefined)));
  if (first === null || nos.has(undefined) || nos.size < parts.length)
    throw malformed(`the ${parts.length} GGUF files are not parts of one model`, 0);
}

function ofFolder(
  tensors: readonly NamedSource[],
  files: readonly NamedSource[],
  digest: Digest | null,
): Fingerprint {
  const parts = tensors.map(({ source, name }) => ({ source, read: sound(readSafetensors(source), name) }));
  const configurations = configurationsIn(files);
  const { facts } = sound(
    folderModel({ weights: parts.map(({ read }) => read), ...configurations }),
    "the folder",
  );
  return fingerprintOf({
    weights: safetensorsWeights(parts),
    facts: withBases(facts, files),
    tokenizer: tokenizerIn(configurations, facts),
    digest,
  });
}

function configurationsIn(files: readonly NamedSource[]): Configurations {
  const found: Partial<Record<(typeof CONFIGURATIONS)[number], Uint8Array>> = {};
  for (const { name, source } of files) {
    const known = CONFIGURATIONS.find((one) => one === lastOf(name));
    if (known !== undefined) found[known] = wholeOf(source);
  }
  return found;
}

const lastOf = (name: string): string | undefined => name.split(/[\\/]/u).at(-1);

/** What its card says of bases, beside what its configuration says. */
function withBases(facts: ModelFacts, files: readonly NamedSource[]): ModelFacts {
  const card = files.find(({ name }) => lastOf(name) === "README.md");
  if (card === undefined) return facts;
  const said = claimsIn(card.source, "README.md").bases;
  const bases = said.map((name) => ({ name, organization: null, version: null, repository: null }));
  return { ...facts, declared: { ...facts.declared, baseModels: [...facts.declared.baseModels, ...bases] } };
}

function tokenizerIn(configurations: Configurations, facts: ModelFacts): TokenizerPrint | null {
  const bytes = configurations["tokenizer.json"];
  if (bytes === undefined) return null;
  const taking = tokenizerPrint();
  eachToken(jsonText(bytes).value, facts.tokenizer?.tokens ?? null, taking.take);
  return taking.end(facts.tokenizer?.mergesDigest ?? null);
}

/** A file's bytes, as far as a configuration may go; more is malformed. */
function wholeOf(source: ByteSource): Uint8Array {
  if (source.size > CONFIGURATION_BYTES_MAX)
    throw malformed(`it has more than ${CONFIGURATION_BYTES_MAX} bytes`, CONFIGURATION_BYTES_MAX);
  const bytes = Buffer.alloc(source.size);
  for (let at = 0; at < bytes.length; at += READ_BYTES_MAX)
    bytes.set(source.read(at, Math.min(READ_BYTES_MAX, bytes.length - at)), at);
  return bytes;
}
