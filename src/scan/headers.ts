import { type ByteSource, readGguf, readSafetensors } from "#models";

/**
 * Several scanners look at one header, and a large vocabulary takes a while: it is read once for each source, and forgotten with it.
 * A source answers the same each time, so this is the same as reading it again.
 */
function once<Read>(read: (source: ByteSource) => Read): (source: ByteSource) => Read {
  const known = new WeakMap<ByteSource, { readonly read: Read }>();
  return (source) => {
    const have = known.get(source) ?? { read: read(source) };
    known.set(source, have);
    return have.read;
  };
}

export const ggufIn = once((source) => readGguf(source));
export const safetensorsIn = once(readSafetensors);
