import { connect, type Socket } from "node:net";

export interface Lifeline {
  /** When the session ended or was stopped, with the words that Doorward gave. */
  readonly ended: Promise<{ readonly code: string; readonly reason: string }>;
  readonly close: () => void;
}

const AGAIN_AFTER_MS = 500;
const LINE_CHARS_MAX = 2_048;

/**
 * A connection that says nothing and lives as long as its session (docs/formats/proxy.md): the line `ended <code> <reason>` is its
 * end. One that breaks without that line is made anew every half second: a Doorward that starts again ends nothing.
 */
export function holdLifeline(proxy: { readonly host: string; readonly port: number }, key: string): Lifeline {
  const { promise, resolve } = Promise.withResolvers<{ code: string; reason: string }>();
  let isClosed = false;
  let socket: Socket | null = null;
  let timer: NodeJS.Timeout | undefined;
  const open = (): void => {
    let heard = "";
    socket = connect(proxy);
    socket.setEncoding("utf8");
    socket.once("connect", () => socket?.write(`DOORWARD-LIFELINE/1 ${key}\r\n`));
    socket.on("data", (text: string) => {
      heard = (heard + text).slice(0, LINE_CHARS_MAX);
      const said = /^ended (\S+)(?: ([^\r\n]*))?\r?\n/m.exec(heard);
      if (said === null) return;
      close();
      resolve({ code: said[1] ?? "", reason: said[2] ?? "" });
    });
    socket.on("error", () => {});
    socket.once("close", () => {
      if (!isClosed) timer = setTimeout(open, AGAIN_AFTER_MS);
    });
  };
  const close = (): void => {
    isClosed = true;
    clearTimeout(timer);
    socket?.destroy();
  };
  open();
  return { ended: promise, close };
}
