import { shown } from "../oddity.ts";
import { channelsOf, rowPicked, tokensOf, VALUED } from "./picks.ts";
import type { Fingerprint, RowPrint } from "./print.ts";
import { fromF16, toF16 } from "./weights/floats.ts";
import { rowOf } from "./weights/rows.ts";
import type { WeightTensor } from "./weights/tensors.ts";

/** More layers no known model has. */
const ROWS_MAX = 4_096;
/** Of gate and up one tells enough. */
const LOOKED_AT = new Set(["attn_v", "ffn_up"]);

export interface EmbeddingPrint {
  readonly rows: readonly RowPrint[];
  readonly cosines: Fingerprint["cosines"];
}

/** The picked tokens' embeddings, and the angles between them, which turning or reordering the channels does not change. */
export function embeddingOf(tensor: WeightTensor, unread: (what: string) => void): EmbeddingPrint {
  const read = tokensOf(tensor.rows).flatMap((token) => {
    const values = rowOf(tensor, token);
    return values === null ? [] : [{ token, values }];
  });
  if (read.length === 0) unread(`an embedding of type ${shown(tensor.type)}`);
  const rows = read.map(({ token, values }) => printOf(tensor, token, values));
  const values = read.flatMap((one, n) => read.slice(n + 1).map((other) => cosine(one.values, other.values)));
  return { rows, cosines: { tokens: read.map(({ token }) => token), values } };
}

export function matrixRows(
  tensors: readonly WeightTensor[],
  width: number,
  unread: (what: string) => void,
): readonly RowPrint[] {
  const looked = tensors.filter(
    ({ role, columns, layer }) => LOOKED_AT.has(role) && columns === width && layer !== null,
  );
  if (looked.length > ROWS_MAX) unread(`${looked.length - ROWS_MAX} matrices beyond ${ROWS_MAX}`);
  return looked.slice(0, ROWS_MAX).flatMap((tensor) => {
    const row = rowPicked(tensor.role, tensor.rows);
    const values = rowOf(tensor, row);
    if (values === null) unread(`matrices of type ${shown(tensor.type)}`);
    return values === null ? [] : [printOf(tensor, row, values)];
  });
}

function printOf({ role, layer, type }: WeightTensor, row: number, values: Float32Array): RowPrint {
  const at = channelsOf(values.length).map((channel) => {
    const value = values[channel] ?? NaN;
    return Number.isFinite(value) ? value : NaN;
  });
  return {
    role,
    layer,
    row,
    type,
    signs: at.map((value) => Math.sign(value)),
    values: at.slice(0, VALUED).map((value) => {
      const kept = fromF16(toF16(value));
      return Number.isFinite(kept) ? kept : NaN;
    }),
  };
}

/** In 1/127, from -127 to 127; -128 where there is none. */
function cosine(one: Float32Array, other: Float32Array): number {
  let [both, left, right] = [0, 0, 0];
  for (let n = 0; n < one.length; n += 1) {
    const [x, y] = [one[n] ?? 0, other[n] ?? 0];
    both += x * y;
    left += x * x;
    right += y * y;
  }
  const cosined = both / (Math.sqrt(left) * Math.sqrt(right));
  return Number.isFinite(cosined) ? Math.round(Math.max(-1, Math.min(1, cosined)) * 127) : -128;
}
