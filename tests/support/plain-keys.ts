import { createHmac } from "node:crypto";
import type { OperationContext } from "#operations";

/** Keys that seal by turning round: what is sealed is not what it was, and nobody waits for a cipher. */
export const KEYS: OperationContext["keys"] = {
  directory: "/nowhere",
  origin: "test.local",
  receipt: { publicKeyDer: Buffer.from("der") },
  log: { vkey: "test.local+00000000+AQAA" },
  seal: (bytes) => Buffer.from(bytes.toReversed()),
  unseal: (bytes) => Buffer.from(bytes.toReversed()),
  digest: (text, purpose) => createHmac("sha256", purpose).update(text).digest("hex"),
};
