import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ambient } from "#base";
import { createEgress, type Egress } from "#egress";
import { openStore, type Store } from "#store";
import {
  createUpstreams,
  type RequestOptions,
  type ServerConfiguration,
  type UpstreamHandlers,
  type Upstreams,
  type UpstreamsOptions,
} from "#upstream";

export interface TestHouse {
  upstreams: Upstreams;
  /** Forgets everything that is not stored, as a restart does. */
  readonly reopen: () => Promise<void>;
  readonly egress: Egress;
  readonly store: Store;
  readonly directory: string;
  /** Prepares the server and writes its row, as `servers.add` does. */
  readonly add: (name: string, configuration: ServerConfiguration) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Real upstreams over a real egress and an in-memory state database, in a folder of their own. */
export async function openTestHouse(
  ambient: Partial<Ambient> = {},
  own: readonly { host: string; port: number }[] = [],
  sandbox: UpstreamsOptions["sandbox"] = {},
): Promise<TestHouse> {
  const directory = await mkdtemp(join(tmpdir(), "doorward-upstream-"));
  const egress = createEgress({ ownAddresses: () => own });
  const store = openStore(":memory:");
  const open = (): Upstreams =>
    createUpstreams({
      store,
      egress,
      directory,
      ambient: { ...systemLike, ...ambient },
      keys: { seal: flip, unseal: flip },
      redirectUrl: "http://127.0.0.1:7420/oauth/callback",
      sandbox: { secret: [directory], ...sandbox },
    });
  const add: TestHouse["add"] = async (name, configuration) => {
    const { upstreams } = house;
    const pin = await upstreams.prepare(name, configuration);
    const texts = {
      configuration: JSON.stringify(configuration),
      pin: JSON.stringify(pin),
      identity: upstreams.identity(pin),
    };
    const rest = { status: "active", status_reason: null, added_by: "usr_test", created_at: 0 };
    await store.query
      .insertInto("servers")
      .values({ name, transport: configuration.transport, ...texts, ...rest })
      .execute();
  };
  const close = async (): Promise<void> => {
    await house.upstreams.close();
    await egress.close();
    store.close();
    await rm(directory, { recursive: true, force: true });
  };
  const reopen = async (): Promise<void> => {
    await house.upstreams.close();
    house.upstreams = open();
  };
  const house: TestHouse = { upstreams: open(), reopen, egress, store, directory, add, close };
  return house;
}

/** A stdio server of `hostile-stdio.mjs`. */
export function hostileStdio(...words: readonly string[]): ServerConfiguration {
  const script = fileURLToPath(new URL("hostile-stdio.mjs", import.meta.url));
  return { transport: "stdio", command: [process.execPath, script, ...words], environment: [] };
}

export function http(url: string): ServerConfiguration {
  return { transport: "http", url, headers: [], allowPrivate: true };
}

export const DEAF: UpstreamHandlers = {
  onNotification: () => {},
  onRequest: () => Promise.reject(Object.assign(new Error("not offered"), { code: -32601 })),
};

export function within(timeoutMs: number, more: Partial<RequestOptions> = {}): RequestOptions {
  return { signal: new AbortController().signal, timeoutMs, ...more };
}

let count = 0;
const systemLike: Ambient = {
  now: Date.now,
  monotonic: () => performance.now(),
  id: (prefix) => `${prefix}_${(count += 1)}`,
  random: (bytes) => randomBytes(bytes),
};

/** Not encryption: enough to see that what is stored is not what was given. */
function flip(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ 0x5a);
}
