import type { Duplex } from "node:stream";
import { readHello } from "./client-hello.ts";
import type { Door } from "./door.ts";

interface Tunnel<Who> {
  readonly who: Who;
  readonly client: Duplex;
  readonly upstream: Duplex;
  /** Where CONNECT said it leads. */
  readonly host: string;
  readonly refused: (name: string) => void;
  readonly done: (bytes: { readonly sent: number; readonly received: number }) => void;
}

/** Bytes both ways, unread, as fast as each side takes them; both ends close together, and what went through is told once. */
export function passThrough<Who>(
  { live, limits }: Pick<Door<Who>, "live" | "limits">,
  { who, client, upstream, host, refused, done }: Tunnel<Who>,
): void {
  const bytes = { sent: 0, received: 0 };
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(idle);
    remove();
    client.destroy();
    upstream.destroy();
    done(bytes);
  };
  const idle = setTimeout(end, limits.tunnelIdleMs);
  const remove = live.add({ who, end });
  const count = (chunk: Buffer): void => {
    bytes.sent += chunk.length;
    idle.refresh();
  };
  upstream.on("data", (chunk: Buffer) => {
    bytes.received += chunk.length;
    idle.refresh();
  });
  for (const side of [client, upstream]) side.on("error", end).on("close", end);
  // It may have been cut before anybody listened.
  if (client.destroyed || upstream.destroyed) return end();
  upstream.pipe(client);
  firstBytes(client).then(
    (first) => {
      const said = readHello(first);
      const name = said.kind === "hello" ? said.name : null;
      // The name asked for in TLS must be the tunnel's (T13): behind one address many hosts may answer.
      if (name !== null && name.toLowerCase().replace(/\.$/, "") !== host) {
        refused(name);
        return end();
      }
      client.on("data", count);
      client.unshift(Buffer.from(first));
      return client.pipe(upstream);
    },
    () => end(),
  );
}

const HELLO_BYTES_MAX = 32 * 1_024;

/** What is enough to tell where TLS goes, or that it is not TLS; taken off the connection, which is paused then. */
function firstBytes(client: Duplex): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let came = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      came = Buffer.concat([came, chunk]);
      if (readHello(came).kind === "partial" && came.length < HELLO_BYTES_MAX) return;
      client.pause();
      client.off("data", read).off("close", over);
      resolve(came);
    };
    const over = (): void => reject(new Error("the client left"));
    client.on("data", read).on("close", over);
  });
}
