import { bf16 } from "./quantise.ts";
import { EMBEDDING, type Matrix, matrixOf, type Network } from "./network.ts";
import type { Random } from "./random.ts";

const isNorm = (name: string): boolean => name.includes("norm");
const isUp = (name: string): boolean => name.includes("up_proj");

type Change = (matrix: Matrix, name: string) => Matrix;

export function changed({ tensors, ...network }: Network, change: Change): Network {
  return { ...network, tensors: new Map([...tensors].map(([name, matrix]) => [name, change(matrix, name)])) };
}

function mapped({ rows, columns, values }: Matrix, value: (value: number, at: number) => number): Matrix {
  return { rows, columns, values: values.map((one, at) => value(one, at)) };
}

function sizeOf({ values }: Matrix): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}

/** As a file of bfloat16 holds it. */
export const rounded = (network: Network): Network => {
  const word = new DataView(new ArrayBuffer(4));
  return changed(network, (matrix) =>
    mapped(matrix, (value) => {
      word.setUint32(0, (bf16(value) << 16) >>> 0);
      return word.getFloat32(0);
    }),
  );
};

/** Every weight drifts by `share` of its matrix's size, half of it of low rank; norms by a tenth of that. */
export function tuned(network: Network, random: Random, share: number, rank = 8): Network {
  return changed(network, (matrix, name) => {
    const { rows, columns } = matrix;
    if (isNorm(name)) return mapped(matrix, (value) => value * (1 + 0.1 * share * random.normal()));
    const low = lowRank(rows, columns, rank, random);
    const size = sizeOf(matrix) * share * Math.SQRT1_2;
    return mapped(matrix, (value, at) => value + size * (random.normal() + (low.values[at] ?? 0)));
  });
}

/** An adapter merged into the layers' matrices; norms and embeddings stay. */
export function adapted(network: Network, random: Random, share: number): Network {
  return changed(network, (matrix, name) => {
    if (isNorm(name) || name === EMBEDDING) return matrix;
    const low = lowRank(matrix.rows, matrix.columns, 8, random);
    const size = sizeOf(matrix) * share;
    return mapped(matrix, (value, at) => value + size * (low.values[at] ?? 0));
  });
}

function lowRank(rows: number, columns: number, rank: number, random: Random): Matrix {
  const left = Float32Array.from({ length: rows * rank }, () => random.normal());
  const right = Float32Array.from({ length: rank * columns }, () => random.normal() / Math.sqrt(rank));
  return matrixOf(rows, columns, (row, column) => {
    let sum = 0;
    for (let n = 0; n < rank; n += 1) sum += (left[row * rank + n] ?? 0) * (right[n * columns + column] ?? 0);
    return sum;
  });
}

export function noised(network: Network, random: Random, share: number): Network {
  return changed(network, (matrix) => {
    const size = sizeOf(matrix) * share;
    return mapped(matrix, (value) => value + size * random.normal());
  });
}

/** The smallest weights of each matrix become zero. */
export function thinned(network: Network, share: number): Network {
  return changed(network, (matrix, name) => {
    if (isNorm(name) || name === EMBEDDING) return matrix;
    const sizes = matrix.values.map((value) => Math.abs(value)).toSorted();
    const least = sizes[Math.floor(sizes.length * share)] ?? 0;
    return mapped(matrix, (value) => (Math.abs(value) < least ? 0 : value));
  });
}

export function withRows({ rows, columns, values }: Matrix, order: ArrayLike<number>): Matrix {
  return matrixOf(
    order.length,
    columns,
    (row, column) => values[((order[row] ?? 0) % rows) * columns + column] ?? 0,
  );
}

function withColumns({ rows, columns, values }: Matrix, order: ArrayLike<number>): Matrix {
  return matrixOf(rows, order.length, (row, column) => values[row * columns + (order[column] ?? 0)] ?? 0);
}

/** The neurons with the smallest rows are left out of every layer. */
export function narrowed(network: Network, share: number): Network {
  const kept = Math.round(network.size.feedForward * (1 - share));
  const smaller = changed(network, (matrix, name) => {
    if (!isUp(name)) return matrix;
    const { columns, values } = matrix;
    const sizes = Array.from({ length: matrix.rows }, (_, row) =>
      values.subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + value ** 2, 0),
    );
    const order = sizes
      .map((_, row) => row)
      .toSorted((one, other) => (sizes[other] ?? 0) - (sizes[one] ?? 0));
    return withRows(
      matrix,
      order.slice(0, kept).toSorted((one, other) => one - other),
    );
  });
  return { ...smaller, size: { ...network.size, feedForward: kept } };
}

/** Layers are left out, or come twice: `order` says which of the base's each is. */
export function stacked(network: Network, order: readonly number[]): Network {
  const tensors = [...network.tensors].filter(([name]) => !name.includes(".layers."));
  const layers = order.flatMap((from, to) =>
    [...network.tensors].flatMap(([name, matrix]): [string, Matrix][] =>
      name.startsWith(`model.layers.${from}.`)
        ? [[name.replace(`.layers.${from}.`, `.layers.${to}.`), matrix]]
        : [],
    ),
  );
  return {
    ...network,
    size: { ...network.size, layers: order.length },
    tensors: new Map([...tensors, ...layers]),
  };
}

/** Other channels of the residual stream, or another order of them. */
export function rechanneled(network: Network, order: ArrayLike<number>): Network {
  const moved = changed(network, (matrix) => withColumns(matrix, order));
  return { ...moved, size: { ...network.size, width: order.length } };
}

/** The neurons of each layer in another order; what comes behind them is not looked at. */
export function reordered(network: Network, random: Random): Network {
  return changed(network, (matrix, name) =>
    isUp(name) ? withRows(matrix, random.order(matrix.rows)) : matrix,
  );
}

/** Heads in another order. */
export function reheaded(network: Network, random: Random, heads: number): Network {
  return changed(network, (matrix, name) => {
    if (!name.includes("v_proj")) return matrix;
    const [order, each] = [random.order(heads), matrix.rows / heads];
    return withRows(
      matrix,
      Array.from(
        { length: matrix.rows },
        (_, row) => (order[Math.floor(row / each)] ?? 0) * each + (row % each),
      ),
    );
  });
}

/** Norms are multiplied into what they feed, and are one: the same network. */
export function folded(network: Network): Network {
  const normOf = (name: string): Matrix | undefined =>
    network.tensors.get(
      name.replace("self_attn.v_proj", "input_layernorm").replace("mlp.up_proj", "post_attention_layernorm"),
    );
  return changed(network, (matrix, name) => {
    if (isNorm(name)) return mapped(matrix, () => 1);
    if (name === EMBEDDING) return matrix;
    const norm = normOf(name);
    return mapped(matrix, (value, at) => value * (norm?.values[at % matrix.columns] ?? 1));
  });
}

/** Half of the channels turned about everywhere: the same network. */
export function flipped(network: Network, random: Random): Network {
  const signs = Array.from({ length: network.size.width }, () => (random.even() < 0.5 ? -1 : 1));
  return changed(network, (matrix, name) =>
    isNorm(name) ? matrix : mapped(matrix, (value, at) => value * (signs[at % matrix.columns] ?? 1)),
  );
}

/** Channels turned into each other by random planes, after folding: the same network, as QuaRot and SpinQuant make it. */
export function rotated(network: Network, random: Random): Network {
  const { width } = network.size;
  const planes = Array.from({ length: width * 12 }, () => ({
    one: Math.floor(random.even() * width),
    other: Math.floor(random.even() * width),
    angle: random.even() * 2 * Math.PI,
  })).filter(({ one, other }) => one !== other);
  return changed(folded(network), (matrix, name) => {
    if (isNorm(name)) return matrix;
    const values = matrix.values.slice();
    for (const { one, other, angle } of planes) {
      const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
      for (let at = 0; at < values.length; at += width) {
        const [x, y] = [values[at + one] ?? 0, values[at + other] ?? 0];
        values[at + one] = x * cosine - y * sine;
        values[at + other] = x * sine + y * cosine;
      }
    }
    return { ...matrix, values };
  });
}

export function extended(network: Network, random: Random, more: number): Network {
  const { vocabulary } = network.size;
  const larger = changed(network, (matrix, name) => {
    if (name !== EMBEDDING) return matrix;
    const { columns, values } = matrix;
    const size = sizeOf(matrix);
    return matrixOf(vocabulary + more, columns, (row, column) =>
      row < vocabulary ? (values[row * columns + column] ?? 0) : size * random.normal(),
    );
  });
  return { ...larger, size: { ...network.size, vocabulary: vocabulary + more } };
}

/** Each weight of several networks made one. */
export function mixed(networks: readonly Network[], mix: (values: readonly number[]) => number): Network {
  const [first] = networks;
  if (first === undefined) throw new Error("nothing to mix");
  return changed(first, (matrix, name) =>
    mapped(matrix, (_, at) => mix(networks.map(({ tensors }) => tensors.get(name)?.values[at] ?? 0))),
  );
}

/** Spherical interpolation of each matrix of two networks, half way. */
export function slerped(one: Network, other: Network): Network {
  return changed(one, (matrix, name) => {
    const right = other.tensors.get(name)?.values ?? matrix.values;
    const both = matrix.values.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
    const sizes = Math.sqrt(
      matrix.values.reduce((sum, value) => sum + value ** 2, 0) *
        right.reduce((sum, value) => sum + value ** 2, 0),
    );
    const angle = Math.acos(Math.min(1, both / sizes));
    const share = angle < 1e-6 ? 0.5 : Math.sin(angle / 2) / Math.sin(angle);
    return mapped(matrix, (value, at) => share * (value + (right[at] ?? 0)));
  });
}

/** TIES (Yadav 2023): of each change the largest fifth, the sign that weighs more, the mean of those that have it. */
export function tied(base: Network, networks: readonly Network[]): Network {
  return changed(base, (matrix, name) => {
    const changes = networks.map(({ tensors }) => {
      const values = tensors.get(name)?.values ?? matrix.values;
      const change = values.map((value, at) => value - (matrix.values[at] ?? 0));
      const sizes = change.map((value) => Math.abs(value)).toSorted();
      const least = sizes[Math.floor(sizes.length * 0.8)] ?? 0;
      return change.map((value) => (Math.abs(value) >= least ? value : 0));
    });
    return mapped(matrix, (value, at) => {
      const all = changes.map((change) => change[at] ?? 0);
      const sign = Math.sign(all.reduce((sum, one) => sum + one, 0));
      const kept = all.filter((one) => one !== 0 && Math.sign(one) === sign);
      return value + (kept.length === 0 ? 0 : kept.reduce((sum, one) => sum + one, 0) / kept.length);
    });
  });
}
