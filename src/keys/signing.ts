import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { join } from "node:path";
import { Fault } from "#base";
import { KEY_FILES, readKeyFile, unreadableKey } from "./files.ts";
import { nameOfVkey } from "./note-key.ts";

/** Both private halves. Held by the sequencer process only. */
export interface SigningKeys {
  readonly origin: string;
  readonly receipt: {
    /** ECDSA P-256 over SHA-256 of `bytes`, DER. */
    readonly sign: (bytes: Uint8Array) => Buffer;
    readonly publicKeyDer: Buffer;
  };
  readonly log: { readonly signerKey: string; readonly vkey: string };
}

/** Opens an existing key directory. Throws Fault `keys_missing`, `keys_exposed` or `keys_unreadable`. */
export function openSigningKeys(directory: string): SigningKeys {
  const vkey = readKeyFile(directory, KEY_FILES.logVkey);
  const signerKey = readKeyFile(directory, KEY_FILES.logKey);
  const origin = nameOfVkey(vkey);
  const halves = `${origin}+${vkey.slice(origin.length + 1, origin.length + 9)}+`;
  if (!signerKey.startsWith(`PRIVATE+KEY+${halves}`)) throw unreadableKey(join(directory, KEY_FILES.logKey));
  return { origin, receipt: receiptKey(directory), log: { signerKey, vkey } };
}

function receiptKey(directory: string): SigningKeys["receipt"] {
  try {
    const key = createPrivateKey(readKeyFile(directory, KEY_FILES.receiptKey));
    const publicKeyDer = createPublicKey(key).export({ type: "spki", format: "der" });
    return { publicKeyDer, sign: (bytes) => sign("sha256", bytes, key) };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw unreadableKey(join(directory, KEY_FILES.receiptKey), cause);
  }
}
