const word = new DataView(new ArrayBuffer(4));

/** IEEE 754 binary16. */
export function fromF16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest binary16, ties to even; what is too large becomes infinite. */
export function toF16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65_520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | even(size * 2 ** 24);
  const exponent = Math.min(15, Math.floor(Math.log2(size)));
  const scale = 2 ** exponent > size ? exponent - 1 : exponent;
  // A fraction that rounds up to 1024 carries into the exponent, as it should.
  return sign | (((scale + 15) << 10) + even((size / 2 ** scale - 1) * 1024));
}

function even(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  const isUp = rest > 0.5 || (rest === 0.5 && floor % 2 === 1);
  return isUp ? floor + 1 : floor;
}

/** bfloat16: the upper half of a binary32. */
export function fromBf16(bits: number): number {
  word.setUint32(0, (bits << 16) >>> 0);
  return word.getFloat32(0);
}

/** The nearest bfloat16 of a binary32, ties to even. */
export function toBf16(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  word.setFloat32(0, value);
  const bits = word.getUint32(0);
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** E4M3 of the OCP 8-bit floating point specification 1.0: no infinities, 0x7f and 0xff are not numbers. */
export function fromE4m3(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 15;
  const fraction = bits & 7;
  if (exponent === 15 && fraction === 7) return NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -9 : (1 + fraction / 8) * 2 ** (exponent - 7));
}

/** E5M2 of the same specification: the upper half of a binary16. */
export function fromE5m2(bits: number): number {
  return fromF16(bits << 8);
}

/** E8M0: a power of two; 0xff is not a number. */
export function fromE8m0(bits: number): number {
  return bits === 255 ? NaN : 2 ** (bits - 127);
}
