/** What a hashing thread is asked. The file stays open, and the parent's, for as long as it works. */
export interface ToHasher {
  readonly id: number;
  readonly descriptor: number;
  readonly size: number;
  /** From where, and the state of the digest until there; null: from the beginning. */
  readonly from: Partial | null;
  /** Whether its state is to be told as it goes on: `measure` where the disk is the slower one. */
  readonly resumable: "never" | "measure" | "always";
}

export interface Partial {
  readonly at: number;
  /** Of hash-wasm's SHA-256, in hexadecimal. */
  readonly state: string;
}

export type FromHasher =
  | { readonly kind: "progress"; readonly id: number; readonly at: number }
  | { readonly kind: "partial"; readonly id: number; readonly partial: Partial }
  | { readonly kind: "digest"; readonly id: number; readonly hex: string }
  | { readonly kind: "failed"; readonly id: number; readonly code: string };

/** Between two blocks a thread hears that it is to stop. */
export interface Cancel {
  readonly cancel: number;
}
