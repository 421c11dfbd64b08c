import { createServer as createSocketServer, type Socket } from "node:net";
import { createServer, type RequestListener } from "node:http";
import { canonicalJson } from "#base";
import { createEgress } from "#egress";
import {
  type Candidate,
  type Credential,
  identityOfUpstream,
  KINDS,
  type ModelSend,
  type ModelUpstreams,
  type ModelUpstreamsOptions,
  openModelUpstreams,
  sealedKeyOf,
  type UpstreamConfiguration,
} from "#inference";
import { openStore } from "#store";
import { type HeldAmbient, heldAmbient } from "../support/ambient.ts";

export { heldAmbient } from "../support/ambient.ts";

/** Model upstreams over a real store, a real egress and servers of loopback. */
export interface InferenceHouse {
  readonly ambient: HeldAmbient;
  /** Listens with `listener`; its port. Everything closes with the house. */
  readonly serve: (listener: RequestListener) => Promise<number>;
  /** The same, below HTTP. */
  readonly serveSocket: (accept: (socket: Socket) => void) => Promise<number>;
  readonly add: (name: string, added: Added) => Promise<void>;
  readonly open: (options?: Partial<ModelUpstreamsOptions>) => Promise<ModelUpstreams>;
  readonly close: () => Promise<void>;
}

export interface Added {
  readonly url: string;
  readonly kind?: UpstreamConfiguration["kind"];
  readonly allowPrivate?: boolean;
  readonly credential?: Credential;
  readonly secret?: string;
}

export const SEALS = {
  seal: (bytes: Uint8Array) => Uint8Array.from(bytes).toReversed(),
  unseal: (bytes: Uint8Array) => Uint8Array.from(bytes).toReversed(),
};

export async function openInferenceHouse(own: readonly number[] = []): Promise<InferenceHouse> {
  const ambient = heldAmbient();
  const store = openStore(":memory:");
  const egress = createEgress({ ownAddresses: () => own.map((port) => ({ host: "127.0.0.1", port })) });
  const closers: (() => Promise<void> | void)[] = [store.close, () => egress.close()];
  const open = async (options: Partial<ModelUpstreamsOptions> = {}): Promise<ModelUpstreams> => {
    const models = await openModelUpstreams({ store, egress, keys: SEALS, ambient, ...options });
    closers.push(() => models.close());
    return models;
  };
  return {
    ambient,
    open,
    serve: async (listener) => {
      const server = createServer({ maxHeaderSize: 64 * 1024 }, listener);
      await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
      closers.push(
        () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
      );
      return portOf(server.address());
    },
    serveSocket: async (accept) => {
      const sockets = new Set<Socket>();
      const server = createSocketServer((socket) => {
        sockets.add(socket.on("error", () => {}));
        accept(socket);
      });
      await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
      closers.push(() => {
        for (const socket of sockets) socket.destroy();
        return new Promise((resolve) => server.close(() => resolve()));
      });
      return portOf(server.address());
    },
    add: async (name, { url, kind = "vllm", allowPrivate = true, credential = { type: "none" }, secret }) => {
      const configuration = { kind, url, protocols: KINDS[kind].protocols, allowPrivate, credential };
      ambient.advance(1);
      const row = {
        name,
        kind,
        url,
        protocols: canonicalJson([...configuration.protocols]),
        allow_private: allowPrivate ? 1 : 0,
        credential: canonicalJson({ ...credential }),
        prices: "{}",
        identity: identityOfUpstream(configuration),
        status: "active",
        added_by: "usr_1",
        created_at: ambient.now(),
      };
      await store.query.insertInto("upstreams").values(row).execute();
      if (secret === undefined) return;
      const sealed = { ...sealedKeyOf(name, secret, SEALS), changed_at: 0 };
      await store.query.insertInto("upstream_secrets").values(sealed).execute();
    },
    close: async () => {
      for (const closer of closers.toReversed()) await closer();
    },
  };
}

function portOf(address: unknown): number {
  return typeof address === "object" && address !== null && "port" in address ? Number(address.port) : 0;
}

/** `/v1/models` with these ids (`openai` 7.57.0, resources/models.d.ts `Model`), and anything else by `listener`. */
export function lists(ids: readonly string[], listener: RequestListener): RequestListener {
  return (request, response) => {
    if (request.url?.startsWith("/v1/models") !== true) return listener(request, response);
    const data = ids.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "test" }));
    response.setHeader("content-type", "application/json").end(JSON.stringify({ object: "list", data }));
  };
}

export async function candidateOf(models: ModelUpstreams, model: string): Promise<Candidate> {
  const [candidate] = await models.candidates(model);
  if (candidate === undefined) throw new Error(`nobody has ${model}`);
  return candidate;
}

export function asking(more: Partial<ModelSend> = {}): ModelSend {
  return {
    protocol: "openai-chat",
    body: '{"model":"m"}',
    isStream: false,
    headers: {},
    signal: new AbortController().signal,
    ...more,
  };
}

export async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString("utf8");
}
