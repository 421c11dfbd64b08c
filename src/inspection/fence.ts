import { Socket as DatagramSocket } from "node:dgram";
import dns, { promises as dnsPromises } from "node:dns";
import { closeSync, fstatSync } from "node:fs";
import { registerHooks, syncBuiltinESMExports } from "node:module";
import { Server, Socket } from "node:net";

/** No process of ours has a descriptor beyond this. */
const DESCRIPTORS_LOOKED_AT = 4_096;

/**
 * What Node's permission model leaves open in this version: sockets, name resolution, signals to other processes, and modules that
 * do not ask it. Where bubblewrap is, the kernel holds the same walls; this one stands everywhere. `kept`: descriptors that are the
 * child's, from 0; whatever else whoever started Doorward had open is closed.
 */
export function fence(kept: number): void {
  closeInherited(kept);
  for (const [owner, names] of [
    [Socket.prototype, ["connect"]],
    [Server.prototype, ["listen"]],
    [DatagramSocket.prototype, ["bind", "connect", "send"]],
    [process, ["kill", "_kill", "_debugProcess", "_debugEnd", "getBuiltinModule", "chdir"]],
  ] as const) {
    for (const name of names) shut(owner, name);
  }
  for (const owner of [dns, dnsPromises, dns.Resolver.prototype, dnsPromises.Resolver.prototype]) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (/^(?:lookup|resolve|reverse)/.test(name)) shut(owner, name);
    }
  }
  syncBuiltinESMExports();
  // Last: everything that a child needs is loaded by now.
  registerHooks({ resolve: refused, load: refused });
}

function shut(owner: object, name: string): void {
  Object.defineProperty(owner, name, { value: refused, writable: false, configurable: false });
}

function refused(): never {
  throw new Error("refused: this process reads a hostile file, and does nothing else");
}

/**
 * Node itself holds pipes and things that have no kind (epoll, eventfd); a file, folder or socket beyond what it was given is
 * somebody else's.
 */
function closeInherited(kept: number): void {
  for (let descriptor = kept; descriptor < DESCRIPTORS_LOOKED_AT; descriptor += 1) {
    try {
      const status = fstatSync(descriptor);
      if (status.isFile() || status.isDirectory() || status.isSocket()) closeSync(descriptor);
    } catch {
      // There is none of that number.
    }
  }
}
