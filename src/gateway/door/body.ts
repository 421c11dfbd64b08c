import type { IncomingMessage } from "node:http";

export type Body =
  | { readonly kind: "whole"; readonly bytes: Buffer }
  | { readonly kind: "too-large" }
  /** The client went away, or the listener's time for a request ran out. */
  | { readonly kind: "broken" };

/** Reads a request body of at most `bytesMax` bytes. A larger one is not buffered: its headers or its first excess byte end it. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Body> {
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) return { kind: "too-large" };
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (body: Body): void => {
      request.off("data", take).off("end", end).off("close", broken).off("error", broken);
      // An error may still come after we stopped caring; unheard it would end the process.
      request.on("error", () => {});
      resolve(body);
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        request.pause();
        settle({ kind: "too-large" });
      } else chunks.push(chunk);
    };
    const end = (): void =>
      settle({
        kind: "whole",
        bytes: chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks, bytes),
      });
    const broken = (): void => settle({ kind: "broken" });
    request.on("data", take).on("end", end).on("close", broken).on("error", broken);
  });
}
