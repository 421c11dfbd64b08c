import type { Json, JsonObject } from "#base";
import { isObject } from "#models";
import type { Note, NoteList } from "../formats/note.ts";
import { leadsOutside } from "../formats/outside.ts";
import { shown } from "../pickle/show.ts";
import { COMPUTING, type Gadget, GADGETS, KERAS_CLASSES, PYTHON_MODULES } from "./classes.table.ts";
import { codeIn } from "./code.ts";

/** Where a configuration comes from: its own place in the file, and the loader that will read it. */
export interface ConfigPlace {
  readonly at: number;
  /** HDF5 files are loaded without `safe_mode` (CVE-2025-9905). */
  readonly isHdf5: boolean;
}

const VALUES_MAX = 1_000_000;
const LAMBDA_TEXTS_MAX = 64;
const WORDS_SHOWN = 24;

/** What Keras would make of a configuration: every object in it, however deep, also those in `build_config` and `compile_config`. */
export function judgeConfig(config: Json, place: ConfigPlace, notes: NoteList): void {
  const open: Json[] = [config];
  for (let seen = 0; open.length > 0; seen += 1) {
    const value = open.pop();
    if (seen > VALUES_MAX) return notes.add(MANY);
    if (Array.isArray(value)) open.push(...value);
    else if (isObject(value)) {
      judgeObject(value, place, notes);
      open.push(...Object.values(value));
    }
  }
}

const MANY = {
  rule: "keras-unread",
  verdict: "unscannable",
  says: `The configuration has more than ${VALUES_MAX} values.`,
} as const;

const textOf = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);

function judgeObject(value: JsonObject, place: ConfigPlace, notes: NoteList): void {
  const name = textOf(value["class_name"]) ?? textOf(value["spec_name"]);
  if (name !== null) judgeClass(value, name, place, notes);
  for (const [key, item] of Object.entries(value)) judgeValue(key, item, place, notes);
}

/** Keys whose value Keras opens as a file: CVE-2025-12058 of the lookup layers' vocabularies, and the gadgets' arguments. */
const PATHS =
  /^(?:vocabulary|idf_weights|filepath|file_path|fname|cache_dir|origin|untar|url|path|asset_path|savedmodel_dir)$/u;

function judgeValue(key: string, item: Json | undefined, { at }: ConfigPlace, notes: NoteList): void {
  if (key === "safe_mode" && item === false)
    notes.add({
      rule: "keras-safe-mode",
      verdict: "malicious",
      says: "The configuration switches off the check for Lambda layers itself.",
      at,
      advisories: ["CVE-2025-9906"],
    });
  if (typeof item !== "string" || !PATHS.test(key)) return;
  const why = leadsOutside(item);
  if (why === null) return;
  notes.add({
    rule: "keras-path",
    verdict: "malicious",
    says: `${shown(key)} of a layer is ${shown(item)}, which ${why}: it would be read when the model is loaded.`,
    at,
    advisories: ["CVE-2025-12058"],
  });
}

function judgeClass(value: JsonObject, name: string, place: ConfigPlace, notes: NoteList): void {
  const [module, registered] = [textOf(value["module"]), textOf(value["registered_name"])];
  const said = name === "function" ? (textOf(value["config"]) ?? registered ?? name) : name;
  const last = (registered ?? said).split(">").at(-1) ?? said;
  const gadget = [said, last].map((one) => GADGETS.get(one)).find((one) => one !== undefined);
  if ([said, last].some((one) => one === "Lambda" || one === "__lambda__")) judgeLambda(value, place, notes);
  else if (gadget !== undefined) addGadget({ module, said, gadget }, place, notes);
  else if (OP_LAYERS.has(said)) judgeSymbol(value, place, notes);
  else judgeName({ module, said, registered, isFunction: name === "function" }, place, notes);
}

/** Layers of Keras 2 that call what `tf` exports by a name (keras/layers/core/tf_op_layer.py); the part of it that only computes. */
const OP_LAYERS = new Set([
  "TFOpLambda",
  "SlicingOpLambda",
  "ClassMethod",
  "InstanceMethod",
  "InstanceProperty",
]);
const COMPUTED =
  /^(?:tf\.)?(?:_?_?operators_?_?\.|compat\.v[12]\.)?(?:(?:math|nn|linalg|signal|strings|sparse|ragged|image|bitwise|random|audio|quantization|sets|dtypes|experimental\.numpy|raw_ops|keras\.backend|keras\.activations|RaggedTensor|SparseTensor|Tensor|Variable)\.)*[A-Za-z_]\w*$/u;
const REACHING = new RegExp(
  String.raw`\b(?:io|gfile|saved_model|train|data|summary|debugging|py_function|numpy_function|py_func|load_library|load_op_library|load_file_system_library|print|Print)\b|(?:^|\.)(?:read_file|write_file|ReadFile|WriteFile|matching_files|MatchingFiles|PyFunc|EagerPyFunc|PyFuncStateless)$`,
  "u",
);

function judgeSymbol({ config }: JsonObject, { at }: ConfigPlace, notes: NoteList): void {
  const inner = isObject(config) ? config : {};
  const symbols = ["function", "cls_symbol", "method_name", "attr_name"].flatMap(
    (key) => textOf(inner[key]) ?? [],
  );
  const symbol = symbols.join(".");
  if (symbol === "" || (COMPUTED.test(symbol) && !REACHING.test(symbol))) return;
  const isReaching = REACHING.test(symbol);
  notes.add({
    rule: "keras-tf-symbol",
    verdict: isReaching ? "malicious" : "suspicious",
    severity: "high",
    says: `A layer calls ${shown(`tf.${symbol}`)}, ${isReaching ? "which reaches out of the model" : "which is not known to only compute"}.`,
    at,
  });
}

function addGadget(
  {
    module,
    said,
    gadget,
  }: { readonly module: string | null; readonly said: string; readonly gadget: Gadget },
  { at }: ConfigPlace,
  notes: NoteList,
): void {
  notes.add({
    rule: "keras-gadget",
    verdict: "malicious",
    severity: "critical",
    says: `The configuration leads to ${shown(`${module ?? "keras"}.${said}`)}, which ${gadget.does}.`,
    at,
    advisories: gadget.advisories,
  });
}

interface Named {
  readonly module: string | null;
  readonly said: string;
  readonly registered: string | null;
  readonly isFunction: boolean;
}

/** A name by its module: Keras' own, Python's, a part of Keras that computes nothing, or somebody else's. */
function judgeName(named: Named, { at }: ConfigPlace, notes: NoteList): void {
  const standing = standingOf(named);
  if (standing === "own") return;
  const { module, said, registered } = named;
  const full = shown(
    `${module ?? registered ?? ""} ${said}`.trim().replace(" ", module === null ? " " : "."),
  );
  notes.add({ ...STANDINGS[standing](full), at });
}

function standingOf({ module, said, isFunction }: Named): "own" | keyof typeof STANDINGS {
  if (module === null) return KERAS_CLASSES.has(said) ? "own" : "custom";
  // Keras writes its own functions by their name and the module "builtins".
  if (isFunction && module === "builtins" && /^[a-z]\w*$/u.test(said) && !EVIL.test(said)) return "own";
  if (COMPUTING.test(module)) return "own";
  if (PYTHON_MODULES.has(module.split(".")[0] ?? "") || PYTHON_MODULES.has(module)) return "python";
  return /^(?:tf_)?keras(?:\.|$)/u.test(module) ? "internal" : "custom";
}

type Said = Pick<Note, "rule" | "verdict" | "severity" | "says" | "advisories">;

const STANDINGS = {
  python: (full: string): Said => ({
    rule: "keras-module",
    verdict: "malicious",
    severity: "critical",
    says: `The configuration leads to ${full}, which is none of Keras' own.`,
    advisories: ["CVE-2025-1550"],
  }),
  internal: (full: string): Said => ({
    rule: "keras-internal",
    verdict: "suspicious",
    severity: "high",
    says: `The configuration leads to ${full}, a part of Keras that computes nothing.`,
    advisories: ["CVE-2025-8747"],
  }),
  custom: (full: string): Said => ({
    rule: "keras-custom-class",
    verdict: "suspicious",
    says: `${full} is none of Keras' own: its code is not in the file, and would run.`,
  }),
};

const EVIL =
  /^(?:eval|exec|compile|open|getattr|setattr|system|popen|input|breakpoint|globals|locals|vars|print)$/u;

/** All texts in it: the function, the shape and the mask may each be code. */
function textsIn(value: Json): { readonly texts: readonly string[]; readonly isCut: boolean } {
  const texts: string[] = [];
  const open: Json[] = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (texts.length >= LAMBDA_TEXTS_MAX) return { texts, isCut: true };
    if (typeof one === "string") texts.push(one);
    else if (Array.isArray(one)) open.push(...one);
    else if (typeof one === "object" && one !== null) {
      const code = ["function", "value", "code", "config", "output_shape", "mask", "arguments"];
      open.push(...Object.entries(one).flatMap(([key, item]) => (code.includes(key) ? [item ?? null] : [])));
    }
  }
  return { texts, isCut: false };
}

/** Texts that every Lambda layer has, and that are no code. */
const PLAIN = new Set(["raw", "lambda", "function", "Lambda", "__lambda__"]);

function judgeLambda(value: JsonObject, { at, isHdf5 }: ConfigPlace, notes: NoteList): void {
  const { texts, isCut } = textsIn(value);
  const found = texts.filter((text) => !PLAIN.has(text) && text !== "").map((text) => codeIn(text));
  const code = found.filter(({ is }) => is !== "name");
  const reaching = [...new Set(found.flatMap((one) => one.reaching))];
  const advisories = isHdf5 ? ["CVE-2024-3660", "CVE-2025-9905"] : ["CVE-2024-3660"];
  const words = code.flatMap((one) => one.words.slice(0, WORDS_SHOWN).map((word) => shown(word, 60)));
  const evidence = words.length === 0 ? [] : [words.slice(0, WORDS_SHOWN).join(" ")];
  if (reaching.length > 0)
    notes.add({
      rule: "keras-lambda",
      verdict: "malicious",
      severity: "critical",
      says: `A Lambda layer brings code of Python that names ${reaching
        .slice(0, 8)
        .map((word) => shown(word))
        .join(", ")}.`,
      at,
      evidence,
      advisories,
    });
  else if (code.length > 0 || isCut)
    notes.add({
      rule: "keras-lambda",
      verdict: "unscannable",
      says: isCut
        ? `A Lambda layer holds more than ${LAMBDA_TEXTS_MAX} texts, each of which may be code of Python.`
        : "A Lambda layer brings code of Python, which is not followed and runs when the model is loaded or used.",
      at,
      evidence,
      advisories,
    });
  else
    notes.add({
      rule: "keras-lambda",
      verdict: "suspicious",
      says: "A Lambda layer calls a function whose code is not in the file.",
      at,
      evidence: found.map(({ words: named }) => shown(named.join(" "))).slice(0, 4),
      advisories,
    });
}
