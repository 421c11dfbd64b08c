import { Socket as DatagramSocket } from "node:dgram";
import { Server, Socket } from "node:net";
import { Fault } from "#base";

/**
 * No socket opens in this process: OAuth and references are fetched by the parent's egress. Node's permission model has
 * no flag for the network in this version, so the two doors that every module of Node goes through are closed.
 */
export function fenceNetwork(): void {
  for (const [prototype, names] of [
    [Socket.prototype, ["connect"]],
    [Server.prototype, ["listen"]],
    [DatagramSocket.prototype, ["bind", "connect", "send"]],
  ] as const) {
    for (const name of names) Object.defineProperty(prototype, name, { value: refuse, writable: false });
  }
}

function refuse(): never {
  throw new Fault("bug", "the vault's process tried to reach the network", "Report this.");
}
