import {
  type ByteSource,
  fileModel,
  folderModel,
  type FolderFiles,
  ggufModel,
  type Malformed,
  type ModelFacts,
  readGguf,
  READ_BYTES_MAX,
  readSafetensors,
  readZip,
  recognise,
  tensorModel,
} from "#models";
import { pickledTensors } from "#scan";
import type { Identified } from "./port.ts";

export interface NamedSource {
  readonly name: string;
  readonly source: ByteSource;
}

const CONFIGURATIONS = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "adapter_config.json",
  "chat_template.jinja",
  "mergekit_config.yml",
] as const;

/** What the files of one model are: a GGUF with its further parts, or a folder of safetensors and its configuration. */
export function identify(files: readonly NamedSource[]): Identified {
  const kindsOf = new Map(files.map((file) => [file, recognise(file.source).kinds]));
  const kinds = (files[0] === undefined ? undefined : kindsOf.get(files[0])) ?? [];
  const of = (kind: string): readonly NamedSource[] =>
    files.filter((file) => kindsOf.get(file)?.includes(kind) === true);
  if (of("gguf").length > 0) return { kinds, ...gguf(of("gguf")) };
  if (of("safetensors").length > 0) return { kinds, ...folder(of("safetensors"), files) };
  return { kinds, ...(files[0] === undefined ? NOTHING : alone(files[0].source, kinds)) };
}

type Read = Omit<Identified, "kinds">;

const NOTHING: Read = { facts: null, oddities: [], malformed: null };

/** One file: PyTorch's by what its pickles tell of tensors, any other by its own format. */
function alone(source: ByteSource, kinds: readonly string[]): Read {
  const torch = torchModel(source, kinds);
  if (torch !== null) return { ...NOTHING, facts: torch };
  const read = fileModel(source, kinds);
  if (read === null) return NOTHING;
  return read.ok ? { facts: read.facts, oddities: read.oddities, malformed: null } : broken(read.malformed);
}

/** `torch.save` of PyTorch 1.6 and later writes a zip with its pickle, before it wrote pickles one behind the other. */
function torchModel(source: ByteSource, kinds: readonly string[]): ModelFacts | null {
  const pickles = kinds.includes("zip") ? pickleIn(source) : source;
  if (pickles === null || !["zip", "pickle", "torch-legacy"].some((kind) => kinds.includes(kind)))
    return null;
  const { tensors } = pickledTensors(pickles);
  return tensors.length === 0 ? null : tensorModel("pytorch", tensors);
}

const PICKLE_BYTES_MAX = 128 * 1_048_576;

function pickleIn(source: ByteSource): ByteSource | null {
  const read = readZip(source);
  const member = read.ok ? read.members.find(({ name }) => /(?:^|\/)data\.pkl$/u.test(name)) : undefined;
  return member?.open(PICKLE_BYTES_MAX).source ?? null;
}

const broken = (malformed: Malformed): Read => ({ facts: null, oddities: [], malformed });

function gguf(parts: readonly NamedSource[]): Read {
  const read = [];
  for (const { source } of parts) {
    const part = readGguf(source);
    if (!part.ok) return broken(part.malformed);
    read.push(part);
  }
  const [first, ...others] = read;
  if (first === undefined) return { facts: null, oddities: [], malformed: null };
  const facts = ggufModel(
    first.facts,
    others.map((part) => part.facts),
  );
  return { facts, oddities: read.flatMap(({ oddities }) => oddities), malformed: null };
}

function folder(weights: readonly NamedSource[], files: readonly NamedSource[]): Read {
  const read = [];
  for (const { source } of weights) {
    const shard = readSafetensors(source);
    if (!shard.ok) return broken(shard.malformed);
    read.push(shard);
  }
  const outcome = folderModel({ weights: read, ...configurations(files) });
  if (!outcome.ok) return broken(outcome.malformed);
  return { facts: outcome.facts, oddities: outcome.oddities, malformed: null };
}

function configurations(files: readonly NamedSource[]): Omit<FolderFiles, "weights"> {
  const found: Partial<Record<(typeof CONFIGURATIONS)[number], Uint8Array>> = {};
  for (const { name, source } of files) {
    const known = CONFIGURATIONS.find((one) => one === name.split(/[\\/]/u).at(-1));
    if (known !== undefined) found[known] = source.read(0, Math.min(source.size, 4 * READ_BYTES_MAX));
  }
  return found;
}
