import type { SigningKeys } from "#keys";
import {
  extend,
  formatCheckpoint,
  leafBody,
  pae,
  parseSigner,
  RECORD_TYPE,
  root,
  signNote,
  type TreeState,
} from "#ledger";
import { ledgerForked } from "./faults.ts";
import { ROUND_ENTRIES_MAX } from "./limits.ts";
import type { LogDirectory } from "./log-directory.ts";
import { recover } from "./recover.ts";
import type { Rows } from "./rows.ts";

export interface SequencerParts {
  readonly rows: Rows;
  readonly log: LogDirectory;
  readonly keys: SigningKeys;
  /** Makes the pledge durable in the state database if `last` still stands there; answers whether it did. */
  readonly pledge: (last: string | null, next: string) => Promise<boolean>;
  /**
   * Entries that are on the disk. INVARIANT: those beyond it, which the database may show already, are never signed: a
   * power cut may still take them back, and others would come in their place.
   */
  readonly durable: () => number;
}

export interface Sequencer {
  /** Signs, integrates, pledges and publishes what is committed, one round of it. Answers the size now published. */
  readonly round: (integrated: (size: number) => void) => Promise<number>;
  /** Integrated and pledged. */
  readonly size: () => number;
  /** Whether a pledged checkpoint could not be published yet; the next round does it first. */
  readonly isOwing: () => boolean;
}

/**
 * INVARIANT: this log never signs two checkpoints of which neither extends the other, whatever crashes when.
 *
 * 1. ECDSA signatures differ each time, so a tail that is signed again has other leaves and another root. The tail
 *    may be signed again only while nobody can hold it to the first version.
 * 2. A round writes bundles and tiles durably, then has the checkpoint's text (origin, size, root: the *pledge*)
 *    committed to the state database by compare-and-set on the pledge before it, and only then signs and publishes.
 *    So a signature exists only over a pledged text, and pledges form one chain.
 * 3. A crash before the pledge leaves tiles that no signature covers: the next start goes on from the last pledge
 *    and replaces them. Under the pledge nothing is replaced, for leaves below its size are never signed again.
 * 4. A crash after the pledge leaves its tiles durable (they were written first): the next start reads the tree
 *    back, compares its root with the pledge, and signs that same text. A root that differs stops the process.
 * 5. One sequencer at a time: each holds an operating-system lock on the log directory (`lock.ts`), so one whose
 *    parent has died cannot write tiles under a new one's feet, and without its parent it gets no pledge.
 */
export function startSequencer(parts: SequencerParts): Sequencer {
  const signer = parseSigner(parts.keys.log.signerKey);
  let { state, pledge } = recover(parts, signer);
  /** Pledged, not yet published: owed before anything new is begun. */
  let owed: string | null = null;
  const publish = (): void => {
    if (owed !== null) parts.log.publish(signNote(owed, signer));
    owed = null;
  };
  const round = async (integrated: (size: number) => void): Promise<number> => {
    publish();
    const room = Math.min(ROUND_ENTRIES_MAX, parts.durable() - state.size);
    const records = room > 0 ? parts.rows.records(state.size, room) : [];
    if (records.length === 0) return state.size;
    const before = state.size;
    const extended = integrate(state, records, parts);
    integrated(extended.size);
    const next = formatCheckpoint(signer.name, extended.size, root(extended));
    if (!(await parts.pledge(pledge, next))) throw ledgerForked("another sequencer has pledged a checkpoint");
    [state, pledge, owed] = [extended, next, next];
    publish();
    parts.log.prune(before, state.size);
    return state.size;
  };
  return { round, size: () => state.size, isOwing: () => owed !== null };
}

function integrate(state: TreeState, records: readonly string[], { keys, log }: SequencerParts): TreeState {
  const { sign, publicKeyDer } = keys.receipt;
  const leaves = records.map((record) => leafBody(record, sign(pae(RECORD_TYPE, record)), publicKeyDer));
  const extension = extend(state, leaves);
  try {
    log.write([...extension.bundles, ...extension.tiles]);
  } catch (cause) {
    // The next round signs these leaves anew, perhaps with more of them: what was written of this one must not stay.
    log.discard(state.size);
    throw cause;
  }
  return extension.state;
}
