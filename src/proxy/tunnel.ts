import type { Duplex } from "node:stream";
import type { Door } from "./door.ts";

interface Tunnel<Who> {
  readonly who: Who;
  readonly client: Duplex;
  readonly upstream: Duplex;
  readonly done: (bytes: { readonly sent: number; readonly received: number }) => void;
}

/** Bytes both ways, unread, as fast as each side takes them; both ends close together, and what went through is told once. */
export function passThrough<Who>(
  { live, limits }: Pick<Door<Who>, "live" | "limits">,
  { who, client, upstream, done }: Tunnel<Who>,
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
  client.on("data", (chunk: Buffer) => {
    bytes.sent += chunk.length;
    idle.refresh();
  });
  upstream.on("data", (chunk: Buffer) => {
    bytes.received += chunk.length;
    idle.refresh();
  });
  for (const side of [client, upstream]) side.on("error", end).on("close", end);
  client.pipe(upstream);
  upstream.pipe(client);
}
