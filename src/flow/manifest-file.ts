import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { bodyOf, type ManifestBody, manifestBody } from "./manifest-schema.ts";
import type { ProposalReasons } from "./propose.ts";

const FILE_CHARS_MAX = 1_000_000;
const TOOLS_MAX = 500;
const TOOL_CHARS_MAX = 300;
const PROBLEMS_MAX = 20;

/** One tool's part of a manifest file. */
export interface FiledManifest {
  readonly tool: string;
  /** Fingerprint of the definition that it is for: reading it back refuses another. */
  readonly definition: string;
  readonly manifest: ManifestBody;
  /** Absent where a person wrote it. */
  readonly why?: ProposalReasons;
}

const fingerprint = z.string().regex(/^sha256:[0-9a-f]{64}$/u, "the fingerprint of a definition");

export type ReadManifests =
  | {
      readonly ok: true;
      readonly manifests: readonly {
        readonly tool: string;
        readonly definition: string | null;
        readonly manifest: ManifestBody;
      }[];
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The manifests of one server as YAML 1.2, each line with why it is there. Names are the server's, and inert. */
export function writeManifestFile(server: string, manifests: readonly FiledManifest[]): string {
  const head = [
    `# What the tools of ${server} do, for a person to review and change.`,
    "# effect: read, fetch, write, book, membership, send, account, money, destroy, execute, unknown",
    "# roles: destination, account, command, path, selector, amount, credential, profile, content, control, query",
    "# summary: what a call does, for whoever decides about it; {name} is an argument. mutable: arguments that name what can change",
    `# Then: doorward manifests set ${server} FILE; or, as they are: doorward manifests accept '${server}/*'`,
  ];
  return `${[...head, ...manifests.map(partOf)].join("\n")}\n`;
}

function partOf({ tool, definition, manifest, why }: FiledManifest): string {
  const lines = [`${scalar(tool)}:`, `  definition: ${definition}`];
  lines.push(`  effect: ${manifest.effect}${because(why?.effect)}`);
  lines.push(...mapOf("effectIf", manifest.effectIf ?? {}, () => undefined));
  lines.push(...mapOf("roles", manifest.roles, (argument) => ownOf(why?.roles, argument)));
  lines.push("  output:", `    integrity: ${manifest.output.integrity}${because(why?.output)}`);
  const { integrity: _integrity, resources = [], trustedAuthors = [], ...flags } = manifest.output;
  for (const [flag, value] of Object.entries(flags)) lines.push(`    ${flag}: ${value}`);
  if (trustedAuthors.length > 0) lines.push(`    trustedAuthors: [${trustedAuthors.map(scalar).join(", ")}]`);
  if (resources.length > 0) lines.push("    resources:");
  for (const { argument, under, integrity } of resources)
    lines.push(`      - { argument: ${scalar(argument)}, under: ${scalar(under)}, integrity: ${integrity} }`);
  const toCheck = (why?.toCheck ?? []).map(
    (one) => `  # CHECK: is it true that ${one}? Only its name says so.`,
  );
  lines.push(...cardLines(manifest));
  return ["", ...lines.toSpliced(1, 0, ...toCheck)].join("\n");
}

function cardLines({ summary, mutable = [] }: ManifestBody): string[] {
  return [
    ...(summary === undefined ? [] : [`  summary: ${quoted(summary)}`]),
    ...(mutable.length === 0 ? [] : [`  mutable: [${mutable.map(scalar).join(", ")}]`]),
  ];
}

function mapOf(
  field: string,
  members: Readonly<Record<string, string>>,
  whyOf: (name: string) => string | undefined,
): string[] {
  const entries = Object.entries(members);
  if (entries.length === 0) return [];
  return [
    `  ${field}:`,
    ...entries.map(([name, value]) => `    ${scalar(name)}: ${value}${because(whyOf(name))}`),
  ];
}

function because(why: string | undefined): string {
  return why === undefined ? "" : ` # ${why}`;
}

/** A plain word, or a quoted text in ASCII: nothing in a name can end its line or be taken for another. */
function scalar(text: string): string {
  if (/^[A-Za-z][\w.-]*$/u.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/iu.test(text)) return text;
  return quoted(text);
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\u0020-\u007e]/gu,
    (character) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`,
  );
}

function ownOf(record: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/**
 * Reads a manifest file: tools by their names at the server, each a manifest (`manifestBody`) with, where it was written by
 * Doorward, the `definition` that it is for. YAML 1.2; aliases, duplicate keys and unknown fields are problems.
 */
export function readManifestFile(text: string): ReadManifests {
  if (text.length > FILE_CHARS_MAX)
    return { ok: false, problems: [`the file has more than ${FILE_CHARS_MAX} characters`] };
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, version: "1.2" });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const problems = faults.map(({ message, pos }) => `line ${counter.linePos(pos[0]).line}: ${message}`);
    return { ok: false, problems: problems.slice(0, PROBLEMS_MAX) };
  }
  return readTools(plainOf(document));
}

function plainOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    // A map, not an object: a tool may have any name, `__proto__` too.
    return document.toJS({ maxAliasCount: 0, mapAsMap: true });
  } catch {
    return null;
  }
}

function readTools(value: unknown): ReadManifests {
  if (!(value instanceof Map) || value.size === 0)
    return { ok: false, problems: ["the file must have tools by their names, each with its manifest"] };
  if (value.size > TOOLS_MAX) return { ok: false, problems: [`the file has more than ${TOOLS_MAX} tools`] };
  const manifests = [];
  const problems: string[] = [];
  for (const [tool, part] of value) {
    const read =
      typeof tool === "string" && tool !== "" && tool.length <= TOOL_CHARS_MAX ? readPart(part) : null;
    if (read === null) problems.push("a tool's name must be a text of at most 300 characters");
    else if ("problems" in read) problems.push(...read.problems.map((one) => `${String(tool)}: ${one}`));
    else manifests.push({ tool: String(tool), ...read });
  }
  return problems.length > 0
    ? { ok: false, problems: problems.slice(0, PROBLEMS_MAX) }
    : { ok: true, manifests };
}

function readPart(
  part: unknown,
): { definition: string | null; manifest: ManifestBody } | { problems: string[] } {
  const fields = objectOf(part);
  if (fields === null) return { problems: ["its manifest must have fields, the first of them `effect`"] };
  const { definition, ...body } = fields;
  const named = fingerprint.optional().safeParse(definition);
  const read = manifestBody.safeParse(body);
  if (named.success && read.success) return { definition: named.data ?? null, manifest: bodyOf(read.data) };
  const problems = (read.error?.issues ?? []).map(
    ({ path, message }) => `${path.join(".") || "the manifest"}: ${message}`,
  );
  return { problems: [...(named.success ? [] : ["definition: no fingerprint"]), ...problems] };
}

/** Maps as objects. Null for anything but a map, and for a key that zod would pass over. */
function objectOf(value: unknown): Record<string, unknown> | null {
  if (!(value instanceof Map) || value.has("__proto__")) return null;
  return Object.fromEntries([...value].map(([key, member]) => [String(key), plainMember(member)]));
}

function plainMember(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainMember);
  return value instanceof Map ? objectOf(value) : value;
}
