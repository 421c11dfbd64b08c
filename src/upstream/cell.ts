import type { Secrets } from "./secrets.ts";

/** One sealed value. */
export interface Cell<T> {
  readonly get: () => Promise<T | undefined>;
  readonly set: (value: T) => Promise<void>;
  readonly drop: () => Promise<void>;
}

/** A sealed value, kept in memory too: the bearer token is read for every request. */
export function createCell<T>(secrets: Secrets, name: string): Cell<T> {
  let known: { readonly value: T | undefined } | null = null;
  return {
    get: async () => {
      if (known !== null) return known.value;
      const text = await secrets.get(name);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- sealed by `set` below, so it is a T.
      known = { value: text === undefined ? undefined : (JSON.parse(text) as T) };
      return known.value;
    },
    set: async (value) => {
      await secrets.set(name, JSON.stringify(value));
      known = { value };
    },
    drop: async () => {
      await secrets.drop(name);
      known = { value: undefined };
    },
  };
}
