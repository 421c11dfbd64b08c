import type { KeyObject } from "node:crypto";
import { sha256 } from "#base";

/** Ed25519, C2SP signed-note. */
const SIGNATURE_TYPE = 0x01;
const SPKI_PREFIX_BYTES = 12;
const PKCS8_PREFIX_BYTES = 16;

export interface NoteKeyTexts {
  /** `PRIVATE+KEY+<name>+<hex8>+<base64(0x01 || seed)>`, as Go's sumdb/note writes it. */
  readonly signerKey: string;
  /** `<name>+<hex8>+<base64(0x01 || public key)>`. */
  readonly vkey: string;
}

/** The two texts of an Ed25519 note key named `name` (C2SP signed-note: key id = SHA-256(name, LF, type, key)[:4]). */
export function noteKeyTexts(
  name: string,
  key: { privateKey: KeyObject; publicKey: KeyObject },
): NoteKeyTexts {
  const seed = key.privateKey.export({ type: "pkcs8", format: "der" }).subarray(PKCS8_PREFIX_BYTES);
  const spki = key.publicKey.export({ type: "spki", format: "der" });
  const body = Buffer.concat([Buffer.of(SIGNATURE_TYPE), spki.subarray(SPKI_PREFIX_BYTES)]);
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`, "utf8"), body]))
    .subarray(0, 4)
    .toString("hex");
  const secret = Buffer.concat([Buffer.of(SIGNATURE_TYPE), seed]).toString("base64");
  return {
    signerKey: `PRIVATE+KEY+${name}+${id}+${secret}`,
    vkey: `${name}+${id}+${body.toString("base64")}`,
  };
}

/** The name in a vkey; a bare host name has no `+`. */
export function nameOfVkey(vkey: string): string {
  return vkey.slice(0, vkey.indexOf("+"));
}
