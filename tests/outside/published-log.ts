import { createPublicKey, type KeyObject } from "node:crypto";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  type Batch,
  consistencyProof,
  type NoteSigner,
  openCheckpoint,
  parseSigner,
  parseVkey,
  type Receipt,
  signCheckpoint,
  type TileReader,
} from "#ledger";
import { draft } from "../conformance/journal.ts";
import { newRoot, openOn, shut } from "../conformance/journal-bench.ts";

/** What a real journal published in a temporary folder, for programs that know nothing of Doorward. */
export interface PublishedLog {
  /** The log directory: `checkpoint` and `tile/`. */
  readonly dir: string;
  readonly vkey: string;
  readonly receiptKey: KeyObject;
  readonly checkpoint: () => string;
  /** Appends `count` actions, an intent and an outcome each, and waits until a checkpoint covers them all. */
  readonly grow: (count: number) => Promise<void>;
  readonly receipt: (subject: string) => Promise<Receipt>;
  /** Between two signed checkpoints, one base64 hash a line. */
  readonly proofBetween: (old: string, now: string) => string;
  /** A checkpoint such as whoever holds the log key can sign, true or not. */
  readonly forged: (size: number, root: Uint8Array) => string;
  /** A file beside the log; answers its path. */
  readonly file: (name: string, content: string | Uint8Array) => string;
  /** A copy of the log directory in which the file at `path` went through `change`. */
  readonly tampered: (path: string, change: (bytes: Buffer) => Uint8Array) => string;
  readonly close: () => Promise<void>;
}

const ACTIONS_AT_ONCE = 500;

/** Actions are called `act_0`, `act_1` and so on. */
export async function publishLog(): Promise<PublishedLog> {
  const root = newRoot();
  const opened = await openOn(root);
  const { journal, keys } = opened;
  const dir = join(root, "log");
  const read: TileReader = (path) => (existsSync(join(dir, path)) ? readFileSync(join(dir, path)) : null);
  const sizeOf = (note: string): number => openCheckpoint(note, parseVkey(keys.log.vkey)).size;
  let [actions, copies] = [0, 0];
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(root, name), content);
    return join(root, name);
  };
  return {
    dir,
    vkey: keys.log.vkey,
    receiptKey: createPublicKey({ key: keys.receipt.publicKeyDer, format: "der", type: "spki" }),
    checkpoint: () => readFileSync(join(dir, "checkpoint"), "utf8"),
    grow: async (count) => {
      for (let left = count; left > 0; left -= ACTIONS_AT_ONCE) {
        const names = Array.from({ length: Math.min(ACTIONS_AT_ONCE, left) }, () => `act_${actions++}`);
        await Promise.all(names.map(async (name) => journal.append(actionOf(name))));
      }
      while (journal.status().published < journal.size()) await wait(10);
    },
    receipt: async (subject) => journal.receipt(subject, { waitMs: 10_000 }),
    proofBetween: (old, now) =>
      consistencyProof(sizeOf(old), sizeOf(now), read)
        .map((hash) => `${hash.toString("base64")}\n`)
        .join(""),
    forged: (size, head) => signCheckpoint(size, head, logSigner(root)),
    file,
    tampered: (path, change) => {
      const copy = join(root, `copy-${(copies += 1)}`);
      cpSync(dir, copy, { recursive: true });
      writeFileSync(join(copy, path), change(readFileSync(join(copy, path))));
      return copy;
    },
    close: async () => shut(opened),
  };
}

function actionOf(name: string): Batch {
  return { entries: [draft(name, { kind: "intent" }), draft(name, { body: { status: "ok" } })] };
}

function logSigner(root: string): NoteSigner {
  return parseSigner(readFileSync(join(root, "keys", "log.key"), "utf8").trim());
}

/** With the lowest bit of one byte turned, the middle one unless `at` says otherwise. */
export function bitTurned(bytes: Uint8Array, at = Math.floor(bytes.length / 2)): Buffer {
  return Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));
}
