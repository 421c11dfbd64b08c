import { baseOf, type Content, contentOf, isModelName } from "./content.ts";
import { type Confidence, type Found, type Ground, known } from "./found.ts";
import { digestIn, type ModelFile, partOf } from "./model-file.ts";
import { ollamaModels } from "./ollama.ts";
import type { FileSeen, Observed } from "./observed.ts";

/** The models among what was seen: a file once, however many names it has; parts of one model together. */
export function modelsIn({ files, manifests }: Pick<Observed, "files" | "manifests">): Found[] {
  const own = files.map(recognise).filter((one) => one !== null);
  const { models, taken } = ollamaModels(manifests, own);
  const rest = own.filter(({ file }) => !taken.has(file.identity));
  return [...models, ...groupsOf(rest).map(modelOf)];
}

function recognise(file: FileSeen): ModelFile | null {
  const { head, path, size, target } = file;
  const content = head === null ? null : contentOf(head, size, path);
  if (content !== null) return recognised(file, content);
  // Empty and unreadable files are said by their names; what was read and is something else is not.
  if ((head !== null && head.length > 0) || !isModelName(target ?? path) || isCommonName(path)) return null;
  const says = `is named as model files are, and was not read: ${file.unread ?? "it is empty"}`;
  return { file, format: "unknown", confidence: "possible", ground: { by: "name", says } };
}

function recognised(file: FileSeen, { format, confidence, says }: Content): ModelFile {
  const by = format === "savedmodel" || format === "tensorrt" ? "name" : "bytes";
  return { file, format, confidence, ground: { by, says } };
}

/** Endings that much else has. */
function isCommonName(path: string): boolean {
  return /\.(?:bin|engine|pb|plan|pickle|pkl)$/i.test(path);
}

interface Group {
  readonly key: string;
  readonly name: string;
  readonly where: string;
  readonly files: readonly ModelFile[];
}

function groupsOf(files: readonly ModelFile[]): Group[] {
  const groups = Map.groupBy(files, (one) => groupOf(one.file).key);
  return [...groups.values()].flatMap((several) => {
    const [first] = several;
    if (first === undefined) return [];
    const { key, name, where } = groupOf(first.file);
    return [{ key, name, where: several.length === 1 ? first.file.path : where, files: several }];
  });
}

/** A repository of the hub is one model, and so are the shards `-00001-of-00009` of a name. */
function groupOf({ path, root, store }: FileSeen): Omit<Group, "files"> {
  const below = path.slice(root.length).replace(/^[/\\]/, "");
  const [top = ""] = below.split(/[/\\]/);
  if (store === "huggingface" && top.startsWith("models--")) {
    const where = `${path.slice(0, path.length - below.length)}${top}`;
    return { key: where, name: top.slice("models--".length).replaceAll("--", "/"), where };
  }
  const whole = path.replace(/-\d{5}-of-\d{5}(?=\.\w+$)/, "");
  return { key: whole, name: baseOf(whole), where: whole };
}

const RANK: readonly Confidence[] = ["possible", "likely", "certain"];

function modelOf({ name, where, files }: Group): Found {
  const unique = [...new Map(files.map((one) => [one.file.identity, one])).values()];
  const best = unique.reduce((one, other) => (rankOf(other) > rankOf(one) ? other : one));
  const layout = layoutGround(best.file);
  return {
    kind: "model",
    what: best.format,
    name,
    where,
    confidence: best.confidence,
    grounds: layout === null ? [best.ground] : [best.ground, layout],
    facts: known({
      bytes: sum(unique.map(({ file }) => file.size)),
      files: unique.length,
      store: best.file.store,
      declaredDigest: unique.length === 1 ? digestIn(best.file) : null,
    }),
    warnings: warningsOf(unique),
    parts: unique.map(partOf),
  };
}

const rankOf = ({ confidence }: ModelFile): number => RANK.indexOf(confidence);
const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

function layoutGround({ store, root }: FileSeen): Ground | null {
  return store === null ? null : { by: "layout", says: `lies in ${root}, where ${store} keeps models` };
}

/** Its own ending of each format; a blob has none. */
const ENDINGS: Readonly<Record<string, RegExp>> = {
  gguf: /\.gguf(?:\.downloadInProgress|\.part)?$/i,
  safetensors: /\.safetensors$/i,
};

function warningsOf(files: readonly ModelFile[]): string[] {
  return [...new Set(files.flatMap((one) => [...misnamed(one), ...sparse(one.file), ...leading(one.file)]))];
}

function misnamed({ file, format }: ModelFile): string[] {
  const own = ENDINGS[format];
  const isBlob = digestIn(file) !== null || /^[0-9a-f]{40}$/.test(baseOf(file.path));
  if (own === undefined || isBlob || own.test(file.path)) return [];
  return [`its name does not say that it is ${format}`];
}

function sparse({ size, allocated }: FileSeen): string[] {
  return size > 0 && allocated * 2 < size ? [`${allocated} of its ${size} bytes are on the disk`] : [];
}

function leading({ target, unread, head }: FileSeen): string[] {
  return target !== null && head === null ? [`is a link to ${target}: ${unread ?? "not followed"}`] : [];
}
