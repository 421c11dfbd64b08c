// The child that reads one API document: no secret, no environment, no file but the product's own (T25). It answers once.
import { z } from "zod";
import { type ApiDocument, readApi } from "#apis";
import { Fault } from "#base";

/** What it is asked, and what it answers. */
export interface ToReader {
  readonly bytes: Uint8Array;
  readonly from: string | null;
  readonly servers: readonly string[];
  readonly only: readonly string[];
}
export type FromReader =
  | { readonly kind: "read"; readonly document: ApiDocument }
  | { readonly kind: "refused"; readonly code: string; readonly message: string; readonly remedy: string };

const task = z.object({
  bytes: z.instanceof(Uint8Array),
  from: z.string().nullable(),
  servers: z.array(z.string()),
  only: z.array(z.string()),
});

function answer(message: unknown): FromReader {
  try {
    const { bytes, ...reading } = task.parse(message);
    return { kind: "read", document: readApi(bytes, reading) };
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return { kind: "refused", code: cause.code, message: cause.message, remedy: cause.remedy };
  }
}

process.once("message", (message) => {
  process.send?.(answer(message), undefined, undefined, () => process.disconnect());
});
