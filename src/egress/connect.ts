import { isIP, type Socket, connect } from "node:net";
import { Fault } from "#base";
import { lost, networkFault } from "./faults.ts";
import type { Guard } from "./guard.ts";
import { CONNECT_TIMEOUT_MS } from "./rules.ts";

/** Where a connection goes that speaks no HTTP: mail. */
export interface Station {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** An open TCP connection to an address that was judged; TLS over it is for whoever asked. Faults as for `request`. */
export async function openConnection(guard: Guard, { host, port }: Station): Promise<Socket> {
  const url = stationUrl({ host, port });
  guard.checkName(url);
  if (isIP(host) !== 0) guard.check(host, port);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup: guard.lookup(port) });
    const fail = (cause: Error): void => {
      socket.destroy();
      reject(networkFault(url, cause));
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => fail(lost(url, new Error("no connection in time"))));
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

/** Throws `egress_url_refused` for what is no host with a port. */
export function stationUrl({ host, port }: Station): URL {
  const isWhole = /^[\w.-]+$/.test(host) || isIP(host) === 6;
  if (isWhole && Number.isInteger(port) && port > 0 && port < 65_536)
    return new URL(`http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`);
  throw new Fault(
    "egress_url_refused",
    "this is no host name with a port",
    "Give a host name or an address, and a port between 1 and 65535.",
  );
}
