import type { Ambient } from "#base";
import { PLATFORMS } from "#chat";
import { createCourier, createHooks, createSwitchboard, type Switchboard } from "#courier";
import type { Egress } from "#egress";
import type { DataDirectory } from "#host";
import { type Caller, isLoopback, loopbackTwins } from "#identity";
import type { JournalHandle } from "#journal";
import type { Keys } from "#keys";
import type { OperationContext } from "#operations";
import type { Store } from "#store";
import type { ChannelsConfig, Config } from "./config.ts";
import { type Handler, listen, type Listener } from "./listener.ts";

type Report = (event: string, detail: unknown) => void;

interface BoardParts {
  readonly ambient: Ambient;
  readonly store: Store;
  readonly keys: Keys;
  readonly egress: Egress;
  readonly data: DataDirectory;
}

/** The channels, none open yet. */
export function channelsOf(config: Config, parts: BoardParts, report: Report): Switchboard {
  const { ambient, store, keys, egress, data } = parts;
  return createSwitchboard({
    ambient,
    store,
    keys,
    chat: { ambient, egress, directory: data.file("channels") },
    platforms: PLATFORMS,
    hooksUrl: config.channels.publicUrl,
    report,
  });
}

/** As they were bound: a configured 0 takes a free one. */
export interface OwnPorts {
  readonly port: number;
  readonly proxyPort: number;
}

/** Every address that something of ours listens at: nothing is ever forwarded there (T2). */
export function ownListeners(
  config: Config,
  { port, proxyPort }: OwnPorts,
): readonly { readonly host: string; readonly port: number }[] {
  const { listen: at, channels, proxy } = config;
  const all = [
    { address: at.address, port },
    ...(channels.listen === null ? [] : [channels.listen]),
    ...(proxy === null ? [] : [{ address: proxy.address, port: proxyPort }]),
  ];
  return all.flatMap((one) => loopbackTwins(one.address).map((host) => ({ host, port: one.port })));
}

interface CourierParts {
  readonly ambient: Ambient;
  readonly store: Store;
  readonly journal: JournalHandle;
  readonly keys: Keys;
  readonly channels: Switchboard;
}

interface Around {
  readonly report: Report;
  readonly contextOf: (caller: Caller) => OperationContext;
  readonly console: string;
}

/** Opens the channels, takes to people what waits, and listens for what platforms send. Answers how to stop. */
export async function startCourier(
  config: Config,
  { ambient, store, journal, keys, channels }: CourierParts,
  { report, contextOf, console: address }: Around,
): Promise<() => Promise<void>> {
  const outside = { ambient, store: store.relaxed, journal, keys, board: channels, report, contextOf };
  const courier = createCourier({ ...outside, console: () => address });
  const hooks = await hooksListener(config, createHooks(channels, report));
  await courier.start();
  return async () => {
    await hooks?.close();
    await courier.close();
  };
}

/** A listener of its own, with nothing else on it: what the outside reaches there is no console and no API. */
async function hooksListener(config: Config, hooks: Handler): Promise<Listener | null> {
  const { listen: at } = config.channels;
  if (at === null) return null;
  const guarded: Handler = (request, response) => {
    if (isHost(config.channels, request.headers.host)) return hooks(request, response);
    response.writeHead(421, { "cache-control": "no-store", connection: "close" }).end();
    return true;
  };
  const own = { ...config.listen, address: at.address, port: at.port, tls: false };
  const certified = config.tls === null ? null : { ...config.tls, clientCertificates: false };
  const tls = isLoopback(at.address) ? null : certified;
  return listen({ ...config, listen: { ...own, tls: tls !== null }, tls }, [guarded]);
}

/** T2: the name under which platforms reach it, or a proxy of this machine's for its address. */
function isHost({ listen: at, publicUrl }: ChannelsConfig, host: string | undefined): boolean {
  if (at === null || host === undefined) return false;
  const names = [at.address, ...loopbackTwins(at.address), "localhost"];
  const own = names.map((name) => `${name.includes(":") ? `[${name}]` : name}:${at.port}`);
  const outside = publicUrl === null ? [] : [new URL(publicUrl).host];
  return [...own, ...outside].includes(host.toLowerCase());
}
