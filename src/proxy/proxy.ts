import { createServer, type Server, type Socket } from "node:net";
import { type Ambient, Fault } from "#base";
import { createConnect } from "./connect.ts";
import { createContexts } from "./contexts.ts";
import { createCrowd, type Crowd } from "./crowd.ts";
import { type Door, noteRefusal } from "./door.ts";
import { asFault, crowded, unauthenticated } from "./faults.ts";
import { openHttp1 } from "./http1.ts";
import { openHttp2 } from "./http2.ts";
import { intercepted } from "./intercept.ts";
import { keepLifeline } from "./lifeline.ts";
import { PROXY_LIMITS, type ProxyLimits } from "./limits.ts";
import { createLiveOnes } from "./live.ts";
import type { Certificates, ProxyRoad } from "./port.ts";
import { readPreface } from "./preface.ts";
import { acceptSocket } from "./websocket.ts";

export interface ProxyOptions<Who> {
  /** The first address must be had, the others where the machine has them (`loopbackTwins`); port 0: any. */
  readonly listen: { readonly addresses: readonly string[]; readonly port: number };
  readonly road: ProxyRoad<Who>;
  readonly certificates: Certificates;
  readonly limits?: Partial<ProxyLimits>;
  readonly ambient: Ambient;
  readonly report: (event: string, detail: unknown) => void;
}

export interface Proxy<Who> {
  readonly port: number;
  /** Where it listens: for egress, which never goes there (T2). */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** Ends everything under way of those meant, at once, with the fault as its reason; says how many things that were. */
  readonly cut: (isMeant: (who: Who) => boolean, fault: Fault) => number;
  readonly close: () => Promise<void>;
}

/** The http door's bytes. Throws `proxy_listen_failed` where an address cannot be had. */
export async function openProxy<Who>(options: ProxyOptions<Who>): Promise<Proxy<Who>> {
  const limits = { ...PROXY_LIMITS, ...options.limits };
  const { ambient, report } = options;
  const crowd = createCrowd(limits);
  const road = counted(options.road, crowd, limits);
  const live = createLiveOnes<Who>();
  const contexts = createContexts(options.certificates, limits.contextsMax);
  const speaking = speakOn({ road, ambient, report, limits, live, contexts });
  const take = (socket: Socket): void => {
    if (!crowd.take(socket)) return void socket.destroy();
    socket.on("error", () => {});
    speaking.begin(socket);
  };
  const [first = "127.0.0.1", ...twins] = options.listen.addresses;
  const server = await listening(take, first, options.listen.port);
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  const servers: Server[] = [server];
  const close = async (): Promise<void> => {
    const closed = servers.map((one) => new Promise((resolve) => one.close(resolve)));
    speaking.close();
    crowd.close();
    await Promise.all(closed);
  };
  const addresses = [{ host: first, port }];
  for (const host of twins) {
    const twin = await listening(take, host, port).catch((cause: unknown) => absent(cause, close));
    if (twin === null) continue;
    servers.push(twin);
    addresses.push({ host, port });
  }
  return { port, addresses, cut: live.cut, close };
}

/** The same road, which takes no more connections of one agent than its share. */
function counted<Who>(road: ProxyRoad<Who>, crowd: Crowd, limits: ProxyLimits): ProxyRoad<Who> {
  return {
    ...road,
    identify: (presented, from) => {
      const who = road.identify(presented, from);
      if (who !== null && !crowd.known(from, road.nameOf(who))) throw crowded(limits.connectionsPerAgentMax);
      return who;
    },
  };
}

interface Speaking {
  readonly begin: (socket: Socket) => void;
  readonly close: () => void;
}

function speakOn<Who>(door: Door<Who>): Speaking {
  const connect = createConnect<Who>(door, (socket, inside) => {
    void intercepted(door, { http1: inTunnel, http2: http2.serve }, socket, inside);
  });
  const http1 = openHttp1(door, {
    connect,
    upgrade: (handed) => acceptSocket(door, handed),
  });
  const http2 = openHttp2(door);
  const inTunnel = (...[socket, { who, origin }]: Parameters<typeof http2.serve>): void =>
    http1.serve(socket, { who, inside: origin });
  const begin = async (socket: Socket): Promise<void> => {
    const preface = await readPreface(socket, door.limits.prefaceMs);
    if (preface.kind === "over") return void socket.destroy();
    if (preface.kind === "lifeline") return keepLifeline(door, socket, preface.key);
    if (preface.kind === "none") return http1.serve(socket, { who: null, inside: null });
    const who = door.road.identify({ kind: "relay", key: preface.key }, socket);
    if (who === null) throw unauthenticated();
    socket.once("close", door.live.add({ who, end: () => later(() => socket.destroy(), door.limits.cutMs) }));
    http1.serve(socket, { who, inside: null });
  };
  return {
    begin: (socket) =>
      void begin(socket).catch((thrown: unknown) => {
        noteRefusal(door, { who: null, origin: null, fault: asFault(thrown) });
        socket.destroy();
      }),
    close: () => {
      http1.close();
      http2.close();
    },
  };
}

function later(run: () => void, ms: number): void {
  setTimeout(run, ms);
}

function listening(take: (socket: Socket) => void, host: string, port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, take);
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(
        new Fault(
          "proxy_listen_failed",
          `the http door cannot listen on ${host}:${port}: ${cause.message}`,
          "Stop what listens there, or choose another port with `--proxy-port` or `proxy.port` in doorward.yaml.",
          cause,
        ),
      );
    });
    server.listen(port, host, () => resolve(server));
  });
}

/** Machines without IPv6 have no `::1`, and so nobody who could sit there. */
const ABSENT = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"]);

async function absent(thrown: unknown, close: () => Promise<void>): Promise<null> {
  const cause = thrown instanceof Fault ? thrown.cause : null;
  if (cause instanceof Error && "code" in cause && ABSENT.has(String(cause.code))) return null;
  await close();
  throw thrown;
}
