import { existsSync } from "node:fs";
import { Fault } from "#base";
import type { Lineage, NamedBase } from "#models";
import type { ModelEngine } from "./models-engine.ts";
import { claimsAt, nameOf } from "./models-claims.ts";
import { compared } from "./models-lineage.ts";

const RELATIONS: ReadonlyMap<Lineage["relation"], NamedBase["relation"]> = new Map([
  ["fine-tune", "fine-tune"],
  ["quantisation", "quantisation"],
  ["adapter", "adapter"],
  ["merge", "merge"],
]);

/**
 * The bases that somebody names, of the model at `path`. One that lies on this machine is compared by its weights, and what its own files say
 * of licences counts; of any other there is its name alone. A base stays one where the weights do not show it: whoever named it may know more.
 */
export async function basesOf(
  engine: ModelEngine,
  path: string,
  wanted: readonly string[],
): Promise<readonly NamedBase[]> {
  const bases: NamedBase[] = [];
  for (const base of wanted) {
    if (!existsSync(base)) bases.push({ name: base, relation: "derivative", grounds: "declared" });
    else bases.push(await baseAt(engine, path, base));
  }
  return bases;
}

async function baseAt(engine: ModelEngine, path: string, base: string): Promise<NamedBase> {
  const { files } = await claimsAt(engine, base);
  const lineage = await lineageTo(engine, path, base);
  return {
    name: nameOf(base),
    relation: RELATIONS.get(lineage?.relation ?? "unknown") ?? "derivative",
    grounds: lineage?.rung ?? "declared",
    files,
  };
}

/** Null where one of the two is no model whose weights are read here. */
async function lineageTo(engine: ModelEngine, path: string, base: string): Promise<Lineage | null> {
  try {
    const { pairs } = await compared(engine, path, [base]);
    return pairs[0]?.lineage ?? null;
  } catch (cause) {
    if (cause instanceof Fault && ["model_unreadable", "model_malformed"].includes(cause.code)) return null;
    throw cause;
  }
}
