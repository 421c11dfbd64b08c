import type { Socket } from "node:net";
import { prefaceRefused, tooSlow } from "./faults.ts";

/** How a connection begins: as any client's, or with a line of a sandbox's (docs/formats/proxy.md, section 5). */
export type Preface =
  | { readonly kind: "none" }
  | { readonly kind: "relay" | "lifeline"; readonly key: string }
  /** The client ended before it said anything. */
  | { readonly kind: "over" };

const MARK = "DOORWARD-";
const LINE = /^DOORWARD-(RELAY|LIFELINE)\/1 ([\x21-\x7e]{1,256})\r\n/;
const LINE_BYTES_MAX = 320;

/** Takes the line off the connection, and leaves everything else on it. Throws `proxy_preface` and `proxy_too_slow`. */
export function readPreface(socket: Socket, timeoutMs: number): Promise<Preface> {
  return new Promise((resolve, reject) => {
    let came = "";
    const settle = (preface: Preface, rest: string): void => {
      stop();
      if (rest !== "") socket.unshift(Buffer.from(rest, "latin1"));
      resolve(preface);
    };
    const fail = (fault: Error): void => {
      stop();
      reject(fault);
    };
    const read = (chunk: Buffer): void => {
      came += chunk.toString("latin1");
      if (!came.startsWith(MARK.slice(0, came.length))) return settle({ kind: "none" }, came);
      const found = LINE.exec(came);
      if (found !== null) return settle(prefaceOf(found), came.slice(found[0].length));
      if (came.length > LINE_BYTES_MAX || came.includes("\n")) fail(prefaceRefused());
    };
    const over = (): void => settle({ kind: "over" }, "");
    const timer = setTimeout(() => fail(tooSlow("the first line")), timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      socket.pause();
      socket.off("data", read).off("end", over).off("close", over).off("error", over);
    };
    socket.on("data", read).on("end", over).on("close", over).on("error", over);
  });
}

function prefaceOf([, kind, key = ""]: RegExpExecArray): Preface {
  return { kind: kind === "RELAY" ? "relay" : "lifeline", key };
}
