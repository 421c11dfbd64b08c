import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  EMPTY_TREE,
  type EntryDraft,
  type EntryKind,
  extend,
  formatSignerKey,
  leafBody,
  makeReceipt,
  type NoteSigner,
  pae,
  parseSigner,
  type Receipt,
  RECORD_TYPE,
  recordOf,
  root,
  signCheckpoint,
  type TileReader,
  type TreeState,
} from "#ledger";

export const ORIGIN = "doorward-0a1b2c3d.local";
export const DATA = new URL("../../../shared/data/tlog/", import.meta.url).pathname;
export const HAS_DATA = existsSync(DATA);

/** A log directory as the sequencer leaves it, under a temporary directory of its own. */
export interface TestLog {
  readonly dir: string;
  readonly signer: NoteSigner;
  readonly receiptKey: KeyObject;
  readonly spki: Buffer;
  readonly read: TileReader;
  /** Logs raw entries in one batch and signs a checkpoint. */
  readonly add: (leaves: readonly Uint8Array[]) => void;
  /** Records, signs and logs drafts in one batch; answers their places. */
  readonly log: (drafts: readonly EntryDraft[]) => { index: number; record: string; leaf: Buffer }[];
  readonly receipt: (subject: string) => Receipt;
  readonly checkpoint: () => string;
  readonly close: () => void;
}

export function draft(kind: EntryKind, subject: string, at = 1_790_000_000_000): EntryDraft {
  return { kind, subject, at, body: { tool: "fs/read_file", arguments: "c29tZSBjb21taXRtZW50" } };
}

export function openTestLog(seed: number, origin = ORIGIN): TestLog {
  const dir = mkdtempSync(join(tmpdir(), "ledger-tlog-"));
  const signer = parseSigner(formatSignerKey(origin, Buffer.alloc(32, seed)));
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ format: "der", type: "spki" });
  const kept: { subject: string; index: number; record: string; leaf: Buffer }[] = [];
  let state: TreeState = EMPTY_TREE;
  const read: TileReader = (path) => (existsSync(join(dir, path)) ? readFileSync(join(dir, path)) : null);
  const checkpoint = () => readFileSync(join(dir, "checkpoint"), "utf8");
  const write = (path: string, bytes: Uint8Array | string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), bytes);
  };
  const add = (leaves: readonly Uint8Array[]) => {
    const next = extend(state, leaves);
    for (const { path, bytes } of [...next.bundles, ...next.tiles]) write(path, bytes);
    write("checkpoint", signCheckpoint(next.state.size, root(next.state), signer));
    state = next.state;
  };
  add([]);
  return {
    dir,
    signer,
    receiptKey: publicKey,
    spki,
    read,
    add,
    checkpoint,
    log: (drafts) => {
      const made = drafts.map((each, n) => {
        const index = state.size + n;
        const record = recordOf(each, index, origin);
        const signature = sign("sha256", pae(RECORD_TYPE, record), privateKey);
        return { subject: each.subject, index, record, leaf: leafBody(record, signature, spki) };
      });
      add(made.map((each) => each.leaf));
      kept.push(...made);
      return made;
    },
    receipt: (subject) => {
      const entries = kept.filter((each) => each.subject === subject);
      return makeReceipt({ subject, entries, checkpoint: checkpoint(), read });
    },
    close: () => rmSync(dir, { recursive: true }),
  };
}
