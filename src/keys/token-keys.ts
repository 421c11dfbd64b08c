import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Ambient, Fault } from "#base";
import { readKeyFile, replaceKeyFile, unreadableKey } from "./files.ts";

/** ECDSA P-256: what access tokens of our own are signed with (ES256). */
export interface TokenKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Milliseconds since the Unix epoch. */
  readonly madeAt: number;
}

/** The keys of the token endpoint: the serving process signs with them itself. */
export interface TokenKeys {
  /** The one to sign with first; then the one before, whose tokens are still taken. */
  readonly all: () => readonly TokenKey[];
  /** Makes a new one, durably. The one before stays good for what it signed, unless `isRevoked`. Answers the new one. */
  readonly rotate: (isRevoked: boolean) => TokenKey;
}

const FILE = "token.keys";
/** A key older than this is replaced when the keys are opened. */
const AGE_MAX_MS = 90 * 86_400_000;

/**
 * Opens the keys beside the others of the directory (`openKeys` has made it), mode 0600, and makes one where there is none
 * or it has grown old. Throws Fault `keys_exposed`, `keys_unreadable`.
 */
export function openTokenKeys(directory: string, ambient: Pick<Ambient, "now">): TokenKeys {
  let keys = existsSync(join(directory, FILE)) ? readKeys(directory) : [];
  const rotate = (isRevoked: boolean): TokenKey => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const fresh: TokenKey = { privateKey, publicKey, madeAt: ambient.now() };
    const [before] = keys;
    const next = before === undefined || isRevoked ? [fresh] : [fresh, before];
    replaceKeyFile(directory, FILE, textOf(next));
    keys = next;
    return fresh;
  };
  const [newest] = keys;
  if (newest === undefined || ambient.now() - newest.madeAt > AGE_MAX_MS) rotate(false);
  return { all: () => keys, rotate };
}

/** A line for each: when it was made, and PKCS #8 in base64. */
function textOf(keys: readonly TokenKey[]): string {
  return keys
    .map(({ madeAt, privateKey }) => {
      const der = privateKey.export({ type: "pkcs8", format: "der" });
      return `${madeAt} ${der.toString("base64")}\n`;
    })
    .join("");
}

function readKeys(directory: string): TokenKey[] {
  const lines = readKeyFile(directory, FILE).split("\n");
  try {
    return lines.map((line) => {
      const [, madeAt = "", der = ""] = /^(\d{1,16}) ([\w+/=]+)$/.exec(line) ?? [];
      const privateKey = createPrivateKey({
        key: Buffer.from(der, "base64"),
        type: "pkcs8",
        format: "der",
      });
      if (privateKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") throw new Error("it is no P-256 key");
      return { privateKey, publicKey: createPublicKey(privateKey), madeAt: Number(madeAt) };
    });
  } catch (cause) {
    throw new Fault(
      "keys_unreadable",
      unreadableKey(join(directory, FILE)).message,
      "Remove the file: a new key is made, and agents exchange their tokens again.",
      cause,
    );
  }
}
