import type { ReadStream, WriteStream } from "node:tty";
import { Fault } from "#base";
import { EXIT } from "./exit-codes.ts";

/** Where the command line reads and writes; handed in, so that tests hold both ends. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Width in columns when a person is watching, null when it is a pipe or a file. */
  readonly width: number | null;
  /** Asks without echo. Null when nobody is there to be asked. */
  readonly secret: ((question: string) => Promise<string>) | null;
  readonly ask: ((question: string) => Promise<string>) | null;
  readonly stdin: () => Promise<string>;
}

const INPUT_BYTES_MAX = 16 * 1024 * 1024;
const ANSWER_CHARS_MAX = 1_024;
const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ["\u0003", "\u0004", "\b", "\u007f"];

/** The process's own terminal. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  // Whoever read us is gone (`… | head`): there is nothing more to say.
  stdout.on("error", (cause: NodeJS.ErrnoException) => {
    if (cause.code === "EPIPE") process.exit(EXIT.ok);
    throw cause;
  });
  const isAsked = stdin.isTTY && stderr.isTTY;
  return {
    out: (text) => void stdout.write(text),
    error: (text) => void stderr.write(text),
    width: stdout.isTTY ? stdout.columns : null,
    secret: isAsked ? (question) => readKeys(stdin, stderr, { question, echo: false }) : null,
    ask: isAsked ? (question) => readKeys(stdin, stderr, { question, echo: true }) : null,
    stdin: () => readAll(stdin),
  };
}

async function readAll(input: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += part.length;
    if (bytes > INPUT_BYTES_MAX) {
      throw new Fault(
        "file_too_large",
        `standard input has more than ${INPUT_BYTES_MAX} bytes`,
        "Give a smaller file.",
      );
    }
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads one line key by key, so that a secret is never shown. Ctrl-C and Ctrl-D give up. */
function readKeys(
  input: ReadStream,
  output: WriteStream,
  how: { readonly question: string; readonly echo: boolean },
): Promise<string> {
  // Silent before it asks: what is typed or pasted at once would be echoed otherwise.
  input.setRawMode(true);
  output.write(how.question);
  input.setEncoding("utf8");
  input.resume();
  return new Promise((resolve, reject) => {
    let line = "";
    const finish = (end: () => void): void => {
      input.off("data", typed);
      input.setRawMode(false);
      input.pause();
      output.write("\n");
      end();
    };
    const typed = (keys: string): void => {
      for (const key of keys) {
        if (key === "\r" || key === "\n") return finish(() => resolve(line));
        if (key === CTRL_C || key === CTRL_D) return finish(() => reject(givenUp()));
        if (key === BACKSPACE || key === DELETE) line = line.slice(0, -1);
        else if (line.length < ANSWER_CHARS_MAX) line += key;
        if (how.echo) output.write(key === BACKSPACE || key === DELETE ? "\b \b" : key);
      }
    };
    input.on("data", typed);
  });
}

function givenUp(): Fault {
  return new Fault("given_up", "nothing was given", "Run the command again.");
}
