/** Seeded numbers, so that every run measures the same models. */
export interface Random {
  /** From 0 up to 1. */
  readonly even: () => number;
  /** Of the normal distribution of mean 0 and deviation 1. */
  readonly normal: () => number;
  readonly order: (size: number) => Uint32Array;
}

/** sfc32 (public domain, Chris Doty-Humphrey) with the seed in its first word. */
export function randomFrom(seed: number): Random {
  let [a, b, c, counter] = [seed >>> 0, 0x9e3779b9, 0x243f6a88, 1];
  const even = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let n = 0; n < 16; n += 1) even();
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - even())) * Math.cos(2 * Math.PI * even());
  const order = (size: number): Uint32Array => {
    const places = Uint32Array.from({ length: size }, (_, n) => n);
    for (let n = size - 1; n > 0; n -= 1) {
      const m = Math.floor(even() * (n + 1));
      [places[n], places[m]] = [places[m] ?? 0, places[n] ?? 0];
    }
    return places;
  };
  return { even, normal, order };
}
