import { createHmac, createPublicKey, generateKeyPairSync, hkdfSync } from "node:crypto";
import { join } from "node:path";
import { type Ambient, Fault } from "#base";
import { createKeyFiles, directoryExists, KEY_FILES, readKeyFile, unreadableKey } from "./files.ts";
import { nameOfVkey, noteKeyTexts } from "./note-key.ts";
import { sealUnder, unsealUnder } from "./seal.ts";

/** What the serving process may hold: no private signing key is in it (T25). */
export interface Keys {
  readonly directory: string;
  /** The log's name: a bare host name, fixed when the keys were made. */
  readonly origin: string;
  /** SPKI DER of the ECDSA P-256 key that signs entries. */
  readonly receipt: { readonly publicKeyDer: Buffer };
  /** The Ed25519 key that signs checkpoints, as `name+id+key`. */
  readonly log: { readonly vkey: string };
  /** AES-256-GCM under the installation's data key; `purpose` must be the same when it is opened again. */
  readonly seal: (bytes: Uint8Array, purpose?: string) => Uint8Array;
  /** Throws Fault `unsealable`. */
  readonly unseal: (sealed: Uint8Array, purpose?: string) => Uint8Array;
  /** Tells whether two texts are the same to whoever holds the data key alone: nobody else can try guesses against it. */
  readonly digest: (text: string, purpose: string) => string;
}

const DATA_KEY_BYTES = 32;
const ORIGIN =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/**
 * Opens the key directory, making it on the first start. `origin` names the log; without one it is
 * `doorward-<8 hex>.local`. Throws Fault `keys_missing`, `keys_exposed`, `keys_unreadable`, `origin_invalid`, or
 * `origin_changed` when the keys were made for another name: a log keeps its name for life.
 */
export function openKeys(directory: string, ambient: Ambient, origin?: string): Keys {
  if (origin !== undefined && !ORIGIN.test(origin)) throw invalidOrigin(origin);
  if (!directoryExists(directory)) create(directory, ambient, origin);
  const vkey = readKeyFile(directory, KEY_FILES.logVkey);
  const named = nameOfVkey(vkey);
  if (origin !== undefined && origin !== named) throw changedOrigin(origin, named);
  const dataKey = readDataKey(directory);
  return {
    directory,
    origin: named,
    receipt: { publicKeyDer: readReceiptPublic(directory) },
    log: { vkey },
    seal: (bytes, purpose = "") => sealUnder(dataKey, bytes, { purpose, random: ambient.random }),
    unseal: (sealed, purpose = "") => unsealUnder(dataKey, sealed, purpose),
    digest: (text, purpose) => keyedDigest(dataKey, text, purpose),
  };
}

/** HMAC-SHA-256 (RFC 2104) under a key of its own for each purpose (HKDF, RFC 5869): `hmac-sha256:` and 64 hex digits. */
function keyedDigest(dataKey: Buffer, text: string, purpose: string): string {
  const key = hkdfSync("sha256", dataKey, "", `doorward digest\n${purpose}`, DATA_KEY_BYTES);
  return `hmac-sha256:${createHmac("sha256", Buffer.from(key)).update(text).digest("hex")}`;
}

function create(directory: string, ambient: Ambient, origin?: string): void {
  const name = origin ?? `doorward-${Buffer.from(ambient.random(4)).toString("hex")}.local`;
  const log = noteKeyTexts(name, generateKeyPairSync("ed25519"));
  const receipt = generateKeyPairSync("ec", { namedCurve: "P-256" });
  createKeyFiles(directory, {
    [KEY_FILES.logKey]: log.signerKey,
    [KEY_FILES.logVkey]: log.vkey,
    [KEY_FILES.receiptKey]: String(receipt.privateKey.export({ type: "pkcs8", format: "pem" })),
    [KEY_FILES.receiptPublic]: String(receipt.publicKey.export({ type: "spki", format: "pem" })),
    [KEY_FILES.dataKey]: Buffer.from(ambient.random(DATA_KEY_BYTES)).toString("base64"),
  });
}

function readDataKey(directory: string): Buffer {
  const key = Buffer.from(readKeyFile(directory, KEY_FILES.dataKey), "base64");
  if (key.length !== DATA_KEY_BYTES) throw unreadableKey(join(directory, KEY_FILES.dataKey));
  return key;
}

function readReceiptPublic(directory: string): Buffer {
  try {
    const key = createPublicKey(readKeyFile(directory, KEY_FILES.receiptPublic));
    return key.export({ type: "spki", format: "der" });
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw unreadableKey(join(directory, KEY_FILES.receiptPublic), cause);
  }
}

function invalidOrigin(origin: string): Fault {
  return new Fault(
    "origin_invalid",
    `the log's origin ${JSON.stringify(origin)} is not a bare lower-case host name`,
    "Set origin to a host name such as doorward.example.com: no scheme, port or path.",
  );
}

function changedOrigin(wanted: string, named: string): Fault {
  return new Fault(
    "origin_changed",
    `the configuration names the log ${wanted}, its keys and entries say ${named}`,
    `Set origin to ${named}; a log keeps its name for life. A new name needs a new data directory.`,
  );
}
