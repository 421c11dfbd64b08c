import { ALLOWED, type Allowed, MODULE_NAMES } from "./allowed.table.ts";
import { DANGEROUS, type Dangerous } from "./dangerous.table.ts";
import { STANDARD_MODULES } from "./standard.table.ts";
import type { GlobalValue } from "./value.ts";

/** Whose code a name is. */
export type Origin = "standard" | "framework" | "other";

/** Their developers' tools run what they are given, and every machine that loads models has them. */
const FRAMEWORKS: ReadonlySet<string> = new Set(
  "torch torchvision torchaudio numpy scipy sklearn joblib tensorflow keras jax flax pandas xgboost lightgbm transformers onnx".split(
    " ",
  ),
);

const ALLOWED_BY_NAME: ReadonlyMap<string, Allowed> = new Map(
  ALLOWED.flatMap((row) => row.names.map((name): [string, Allowed] => [`${row.module} ${name}`, row])),
);

const DANGEROUS_BY_MODULE: ReadonlyMap<string, Dangerous> = new Map(
  DANGEROUS.flatMap((row) => row.modules.map((module): [string, Dangerous] => [module, row])),
);

/** What TorchScript calls its classes, whatever their names: there is no such module in Python. */
const TORCHSCRIPT = /^__torch__(?:\.|$)/u;

/** The row of a name, dots of protocol 4 and all: `Bdb.run` is not `Bdb`. */
export function allowedOf({ module, name }: GlobalValue): Allowed | undefined {
  return (
    ALLOWED_BY_NAME.get(`${MODULE_NAMES.get(module) ?? module} ${name}`) ??
    (TORCHSCRIPT.test(module) ? ALLOWED_BY_NAME.get("__torch__ *") : undefined)
  );
}

/** The row of the module or of the nearest one that it is part of; `torch.hub` is found for `torch` and `hub.load`, too. */
export function dangerousOf({ module, name }: GlobalValue): Dangerous | undefined {
  for (const path of [`${module}.${name}`, module]) {
    const parts = path.split(".").slice(0, PARTS_MAX);
    for (let count = parts.length; count > 0; count -= 1) {
      const found = DANGEROUS_BY_MODULE.get(parts.slice(0, count).join("."));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const PARTS_MAX = 32;

export function originOf({ module }: GlobalValue): Origin {
  const root = module.split(".", 1)[0] ?? "";
  if (STANDARD_MODULES.has(root)) return "standard";
  return FRAMEWORKS.has(root) ? "framework" : "other";
}
