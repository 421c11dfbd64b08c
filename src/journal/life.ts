import { dirname, join } from "node:path";
import { type Ambient, assert, type Fault } from "#base";
import type { Appended, Batch, Receipt } from "#ledger";
import { batchInvalid, journalClosed, journalFailed, journalFull } from "./faults.ts";
import { type GroupCommit, groupCommit } from "./group-commit.ts";
import { JOURNAL_LIMITS, type JournalLimits, WAL_CHECK_MS } from "./limits.ts";
import { type LogDirectory, openLogDirectory } from "./log-directory.ts";
import type { JournalHandle, JournalOptions, JournalStatus } from "./open.ts";
import { type Opening, openPayloads, type Payloads } from "./payloads.ts";
import { type LogDisk, openLogDisk } from "./log-disk.ts";
import { keepPledge } from "./pledge.ts";
import { type KeptEntry, type ListQuery, openReads, type Reads } from "./reads.ts";
import { receiptOf, watchPublication } from "./receipts.ts";
import { type Room, watchRoom } from "./room.ts";
import { type SequencerProcess, superviseSequencer } from "./sequencer-process.ts";
import { prepareWork, type Work } from "./work.ts";
import { superviseWriteAhead, type WriteAhead } from "./write-ahead.ts";
import { openWriter, type Writer } from "./writer.ts";

/** One opened journal: its parts, and what each may do to the others. */
export class JournalLife implements JournalHandle {
  readonly fatal: Promise<Fault>;
  readonly #options: JournalOptions;
  readonly #limits: JournalLimits;
  readonly #settleFatal: (fault: Fault) => void;
  readonly #writeAhead: WriteAhead;
  readonly #payloads: Payloads;
  readonly #reads: Reads;
  readonly #writer: Writer;
  readonly #log: LogDirectory;
  readonly #room: Room;
  readonly #commit: GroupCommit;
  readonly #disk: LogDisk;
  readonly #publication = watchPublication();
  readonly #listeners = new Set<() => void>();
  #sequencer: SequencerProcess | null = null;
  #walTimer: NodeJS.Timeout | undefined;
  /** Entries on the disk. */
  #kept: number;
  #integrated = 0;
  #checkpointAt: number | null = null;
  #stopped: Fault | null = null;

  constructor(options: JournalOptions) {
    const { store, keys, ambient, disk = (real) => real } = options;
    if (store.path === ":memory:") throw batchInvalid("a journal needs a state database on a file");
    const { promise, resolve } = Promise.withResolvers<Fault>();
    this.fatal = promise;
    this.#settleFatal = resolve;
    this.#options = options;
    this.#limits = { ...JOURNAL_LIMITS, ...options.limits };
    this.#writeAhead = superviseWriteAhead(store.connection);
    this.#payloads = openPayloads(store.connection, keys, ambient);
    this.#reads = openReads(store.connection, this.size);
    this.#writer = openWriter(store, this.#payloads);
    this.#disk = disk(openLogDisk(store.path));
    this.#kept = this.#writer.size();
    this.#log = openLogDirectory(options.directory);
    this.#room = watchRoom(join(dirname(store.path), "reserve"), this.#limits, ambient);
    this.#commit = groupCommit({
      writer: this.#writer,
      disk: this.#disk,
      writeAhead: this.#writeAhead,
      room: this.#room,
      limits: this.#limits,
      failed: (fault) => this.#fail(fault),
      kept: (size) => {
        this.#kept = size;
        this.#sequencer?.committed(size);
        for (const listener of this.#listeners) listener();
      },
    });
  }

  /** Recovers. Throws the Fault for which the process must not go on. */
  async start(): Promise<void> {
    // What a failed fsync may have left only in the page cache is written again before anything rests on it.
    const doubt = this.#copied(this.#writeAhead.empty);
    const { store, directory, keys } = this.#options;
    try {
      if (doubt !== null) throw doubt;
      this.#sequencer = await superviseSequencer(
        { database: store.path, directory, keys: keys.directory },
        {
          failed: (fault) => this.#fail(fault),
          pledge: async (last, next) => keepPledge(this.#commit.submit, last, next),
          integrated: (size) => this.#hearIntegrated(size),
          published: (size) => this.#hearPublished(size),
        },
      );
    } catch (error) {
      this.#room.close();
      throw error;
    }
    this.#sequencer.committed(this.#kept);
    this.#walTimer = setInterval(() => this.#copied(this.#writeAhead.check), WAL_CHECK_MS).unref();
  }

  append = async (batch: Batch): Promise<Appended> => {
    if (this.#stopped !== null) throw this.#stopped;
    const work = prepareWork(batch, this.#options.keys.origin);
    const backlog = this.#kept - this.#integrated;
    if (!work.isReserved && backlog > this.#limits.backlogEntriesMax) {
      throw journalFull(`${backlog} entries wait for the sequencer`);
    }
    return this.#commit.submit(work);
  };

  onCommitted = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  size = (): number => this.#kept;

  entries = (subject: string): readonly KeptEntry[] => this.#reads.entries(subject);

  list = (query: ListQuery): readonly KeptEntry[] => this.#reads.list(query);

  opening = (index: number, name: string): Opening | null => this.#payloads.open(index, name);

  payload = (index: number, name: string): Uint8Array | null => this.opening(index, name)?.bytes ?? null;

  seal: JournalHandle["seal"] = (person, purpose, bytes) => this.#payloads.seal(person, purpose, bytes);

  unseal: JournalHandle["unseal"] = (person, purpose, sealed) =>
    this.#payloads.unseal(person, purpose, sealed);

  destroyPerson = async (person: string): Promise<Appended> => {
    if (this.#stopped !== null) throw this.#stopped;
    const { keys, ambient } = this.#options;
    const appended = await this.#commit.submit(forgetting(person, keys.origin, ambient));
    // The sealed key must not live on in the write-ahead log.
    this.#copied(this.#writeAhead.empty);
    return appended;
  };

  receipt = async (subject: string, { waitMs }: { readonly waitMs: number }): Promise<Receipt> => {
    const found = this.#reads.entries(subject);
    await this.#publication.wait((found.at(-1)?.index ?? -1) + 1, waitMs);
    return receiptOf(subject, found, this.#log);
  };

  status = (): JournalStatus => ({
    acknowledged: this.#kept,
    integrated: this.#integrated,
    published: this.#publication.size(),
    checkpointAt: this.#checkpointAt,
  });

  sequencerPid = (): number | undefined => this.#sequencer?.pid();

  close = async (): Promise<void> => {
    if (this.#stopped !== null) return;
    this.#stopped = journalClosed();
    clearInterval(this.#walTimer);
    await this.#commit.drain();
    assert(this.#sequencer !== null, "an open journal has its sequencer");
    // Its last pledges still go through the group commit, so that ends after it.
    await this.#sequencer.close(this.#kept);
    await this.#commit.close();
    this.#disk.close();
    this.#publication.stop(journalClosed());
    this.#room.close();
  };

  #hearIntegrated(size: number): void {
    this.#integrated = Math.max(this.#integrated, size);
  }

  #hearPublished(size: number): void {
    if (size > this.#publication.size()) this.#checkpointAt = this.#options.ambient.now();
    this.#publication.published(size);
  }

  /** Runs a copy of the write-ahead log; an error in it is a doubt like one in a commit. */
  #copied(copy: () => void): Fault | null {
    try {
      copy();
      return null;
    } catch (error) {
      const fault = journalFailed("copying the write-ahead log into the database failed", error);
      this.#fail(fault);
      return fault;
    }
  }

  #fail(fault: Fault): void {
    this.#stopped ??= fault;
    clearInterval(this.#walTimer);
    this.#commit.stop(fault);
    this.#publication.stop(fault);
    this.#sequencer?.kill();
    this.#room.close();
    this.#settleFatal(fault);
  }
}

function forgetting(person: string, origin: string, ambient: Ambient): Work {
  const body = { change: "payloads_destroyed" };
  const entry = { kind: "user.changed", subject: person, at: ambient.now(), body } as const;
  return { ...prepareWork({ entries: [entry] }, origin), forget: person };
}
