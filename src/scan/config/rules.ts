import type { Json, JsonObject } from "#base";
import { isObject } from "#models";
import type { Finding } from "../finding.ts";
import { dangerousOf, originOf } from "../pickle/lists.ts";
import { shownText } from "../shown.ts";
import { ADVISORIES, type Advisory } from "./advisories.table.ts";
import { ATTENTIONS, HANDING_NAMES, MADE_PACKAGES, RUNNING_NAMES } from "./code.table.ts";

/** One key of a configuration, wherever it stands. */
export interface Entry {
  readonly key: string;
  readonly value: Json;
  /** From the outermost key inwards: `quantization_config.quant_method`. */
  readonly label: string;
  /** What it stands in. */
  readonly within: JsonObject;
  /** The file's name without its folders, in small letters. */
  readonly file: string;
}

export type Said = Pick<Finding, "rule" | "severity" | "verdict" | "says" | "advisories">;

const REMOTE_CODE = "config-remote-code";

function remote(severity: Finding["severity"], says: string, advisories: readonly Advisory[] = []): Said {
  return {
    rule: REMOTE_CODE,
    severity,
    verdict: severity === "critical" ? "malicious" : "suspicious",
    says,
    advisories: advisories.flatMap(({ id, also }) => [id, ...also]),
  };
}

/** All of them, however many: the reader of the configuration has bounded its values and its depth. */
const textsIn = (value: Json): readonly string[] => {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
};

/**
 * `auto_map` and its like: `module.Class` is a file beside the configuration, `owner/repository--module.Class` one of another repository
 * (get_class_from_dynamic_module, transformers/dynamic_module_utils.py; from memory, unverified).
 */
function codeOf({ label, value }: Entry): Said | null {
  const names = textsIn(value);
  if (names.length === 0) return null;
  const elsewhere = names.find((one) => one.includes("--") || /[\\/:]/u.test(one));
  if (elsewhere === undefined)
    return remote(
      "medium",
      `${label} names code of this repository, ${shown(names)}: it runs where trust_remote_code is given, and in vLLM before 0.14.0 anyway.`,
      [ADVISORIES.autoMap],
    );
  return remote(
    "high",
    `${label} names code that is not here but in another place, ${shownText(elsewhere)}: whoever owns that place changes what runs.`,
    [ADVISORIES.autoMap],
  );
}

const shown = (names: readonly string[]): string => names.slice(0, 3).map(shownText).join(", ");

function trustOf({ value, label, within }: Entry): Said | null {
  if (value !== true && value !== "true" && value !== "True" && value !== 1) return null;
  const isLightGlue = [within["model_type"], within["architectures"]]
    .flatMap((one) => textsIn(one ?? null))
    .some((one) => /lightglue/iu.test(one));
  return remote(
    isLightGlue ? "critical" : "high",
    `${label} is on: a file that is loaded decides that its own code may run, which only whoever loads it may.`,
    [ADVISORIES.lightglue],
  );
}

function attentionOf({ key, value, label }: Entry): Said | null {
  const named = textsIn(value).find((one) => !ATTENTIONS.has(one) && /[/@:\\]/u.test(one));
  if (named === undefined) return null;
  const isInner = key === "_attn_implementation_internal" || !named.startsWith("kernels-community/");
  return remote(
    isInner ? "critical" : "high",
    `${label} names ${shownText(named)}: code of that place is fetched and run as the model's attention, whatever trust_remote_code says.`,
    [ADVISORIES.attention],
  );
}

/** `package.module.name` that is called when the configuration is read: Hydra's `_target_`, and classes by their dotted names. */
export function calledOf(named: string, label: string, advisories: readonly Advisory[]): Said | null {
  const parts = named.split(".");
  const value = {
    kind: "global" as const,
    at: 0,
    module: parts.slice(0, -1).join(".") || "builtins",
    name: parts.at(-1) ?? "",
  };
  const root = parts[0] ?? "";
  const isRunning = RUNNING_NAMES.test(named) || HANDING_NAMES.test(named);
  if (
    isRunning ||
    originOf(value) === "standard" ||
    (dangerousOf(value) !== undefined && !MADE_PACKAGES.has(root)) ||
    parts.length === 1
  )
    return remote(
      "critical",
      `${label} names ${shownText(named)}, which is called when this is read: it runs what the file says.`,
      advisories,
    );
  if (MADE_PACKAGES.has(root)) return null;
  return remote(
    "high",
    `${label} names ${shownText(named)}, which is imported and called when this is read.`,
    advisories,
  );
}

function targetOf({ value, label }: Entry): Said | null {
  if (typeof value !== "string") return null;
  if (value.includes("${"))
    return remote(
      "high",
      `${label} is ${shownText(value)}: what is called is put together when this is read.`,
      [ADVISORIES.hydra],
    );
  return calledOf(value, label, [ADVISORIES.hydra]);
}

/** sentence-transformers' modules.json: `type` is imported by its name (util.import_from_string; from memory, unverified). */
function moduleTypeOf({ value, label, file, within }: Entry): Said | null {
  if (typeof value !== "string" || file !== "modules.json" || !("path" in within)) return null;
  return calledOf(value, label, []);
}

const SYSTEM_PATH = /^(?:~|file:|\/(?:etc|proc|sys|dev|root|var\/run)\b|[A-Za-z]:\\Windows)/iu;

/** Where a base, a tokenizer or a part is taken from. */
function placeOf({ value, label }: Entry): Said | null {
  if (typeof value !== "string") return null;
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//iu.test(value);
  const isUp = /(?:^|[\\/])\.\.(?:[\\/]|$)/u.test(value);
  if (!isAddress && !isUp && !SYSTEM_PATH.test(value)) return null;
  return {
    rule: "config-outside",
    severity: isAddress || SYSTEM_PATH.test(value) ? "high" : "medium",
    verdict: "suspicious",
    says: `${label} takes ${shownText(value)}: what is loaded lies elsewhere than this model, and was not scanned with it.`,
    advisories: [],
  };
}

/** `getattr(torch, value)`: anything else than a type's name is none. */
function typeOf({ value, label }: Entry): Said | null {
  if (typeof value !== "string" || /^(?:torch\.)?[a-z]\w{0,40}$/iu.test(value)) return null;
  return {
    rule: "config-value",
    severity: "medium",
    verdict: "suspicious",
    says: `${label} is ${shownText(value)}, which is no type of numbers.`,
    advisories: [],
  };
}

/** diffusers' model_index.json: each part is `[library, class]`, and a library that is none is a file of the repository. */
function partOf({ key, value, label, file }: Entry): Said | null {
  if (file !== "model_index.json" || !Array.isArray(value) || value.length !== 2) return null;
  const [library, name] = value;
  if (typeof library !== "string" || typeof name !== "string" || MADE_PACKAGES.has(library)) return null;
  const isStandard = originOf({ kind: "global", at: 0, module: library, name }) === "standard";
  if (isStandard)
    return remote(
      "critical",
      `${label} makes ${shownText(`${library}.${name}`)} of Python's own library: it runs what the file says.`,
    );
  return key.startsWith("_") && key !== "_class_name"
    ? null
    : remote(
        "medium",
        `${label} is made by ${shownText(`${library}.${name}`)}, code of this repository or of another package.`,
      );
}

const RULES: Readonly<Record<string, (entry: Entry) => Said | null>> = {
  auto_map: codeOf,
  custom_pipelines: codeOf,
  custom_pipeline: codeOf,
  custom_generate: codeOf,
  trust_remote_code: trustOf,
  trust_repo: trustOf,
  _attn_implementation: attentionOf,
  _attn_implementation_internal: attentionOf,
  _attn_implementation_autoset: attentionOf,
  attn_implementation: attentionOf,
  _experts_implementation: attentionOf,
  _experts_implementation_internal: attentionOf,
  use_kernels: attentionOf,
  _target_: targetOf,
  type: moduleTypeOf,
  parent_library: (entry) =>
    typeof entry.value === "string" ? calledOf(`${entry.value}.x`, entry.label, []) : null,
  base_model_name_or_path: placeOf,
  base_model: placeOf,
  _name_or_path: (entry) =>
    textsIn(entry.value).some((one) => /^[a-z][a-z0-9+.-]*:\/\//iu.test(one)) ? placeOf(entry) : null,
  tokenizer_file: placeOf,
  vocab_file: placeOf,
  merges_file: placeOf,
  path: (entry) => (entry.file === "modules.json" ? placeOf(entry) : null),
  torch_dtype: typeOf,
  dtype: (entry) => (typeof entry.value === "string" ? typeOf(entry) : null),
};

/** Keys that older runtimes run code for, and of which a file may therefore not hold two. */
export const RUNNING_KEYS: ReadonlySet<string> = new Set(
  Object.keys(RULES).filter((key) => !["type", "path", "dtype"].includes(key)),
);

/** What a key does to whoever reads the configuration; nothing, for nearly all. */
export function saidOf(entry: Entry): readonly Said[] {
  const rule = Object.hasOwn(RULES, entry.key) ? RULES[entry.key] : undefined;
  return [rule?.(entry) ?? null, partOf(entry)].filter((one) => one !== null);
}
