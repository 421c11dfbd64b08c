import { createHash } from "node:crypto";
import { shown } from "../oddity.ts";
import { channelsOf, NORM_CHANNELS } from "./picks.ts";
import type { NormPrint } from "./print.ts";
import { fromBf16, toBf16 } from "./weights/floats.ts";
import { NORM_ROLES, type NormRole } from "./weights/roles.table.ts";
import { rowOf } from "./weights/rows.ts";
import type { WeightTensor } from "./weights/tensors.ts";

/** Fewer distinct values, or a shorter vector, could be equal by chance. */
const DISTINCT_LEAST = 16;
const WIDTH_LEAST = 64;
/** The deepest known models have some hundred layers of four norms. */
const NORMS_MAX = 4_096;

/** What is kept of each norm; those of another width than the model's, and those that can't be read, are left out. */
export function normsOf(
  tensors: readonly WeightTensor[],
  width: number,
  unread: (what: string) => void,
): readonly NormPrint[] {
  const norms = tensors.flatMap((tensor) => {
    const role = NORM_ROLES.find((known) => known === tensor.role);
    return role === undefined || tensor.columns !== width ? [] : [{ role, tensor }];
  });
  if (norms.length > NORMS_MAX) unread(`${norms.length - NORMS_MAX} norms beyond ${NORMS_MAX}`);
  return norms.slice(0, NORMS_MAX).flatMap(({ role, tensor }) => {
    const values = rowOf(tensor, 0);
    if (values === null) unread(`norms of type ${shown(tensor.type)}`);
    return values === null ? [] : [printOf(role, tensor.layer, values)];
  });
}

function printOf(role: NormRole, layer: number | null, values: Float32Array): NormPrint {
  const rounded = Uint16Array.from(values, (value) => toBf16(value));
  const isTelling =
    values.length >= WIDTH_LEAST &&
    values.every((value) => Number.isFinite(value)) &&
    new Set(rounded).size >= DISTINCT_LEAST;
  const channels = channelsOf(values.length).slice(0, NORM_CHANNELS);
  return {
    role,
    layer,
    width: values.length,
    ordered: isTelling ? digestOf(rounded) : null,
    sorted: isTelling ? digestOf(rounded.toSorted()) : null,
    values: channels.map((channel) => finite(rounded[channel])),
  };
}

function finite(bits: number | undefined): number {
  const value = fromBf16(bits ?? 0x7fc0);
  return Number.isFinite(value) ? value : NaN;
}

/** The first 16 hex digits of SHA-256 over the values' 16 bits, lowest byte first. */
function digestOf(values: Uint16Array): string {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, n) => bytes.writeUInt16LE(value, n * 2));
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
