import { runCli, type Terminal } from "#cli";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** `doorward ARGS` without a terminal, and where nothing listens: for commands that need no server. */
export async function doorwardAlone(...args: string[]): Promise<Ran> {
  let [out, error] = ["", ""];
  const terminal: Terminal = {
    out: (more) => void (out += more),
    error: (more) => void (error += more),
    width: null,
    ask: null,
    secret: null,
    stdin: async () => "",
  };
  const nowhere = (async () => Promise.reject(new TypeError("nothing listens"))) as typeof fetch;
  const code = await runCli(args, {
    version: "1.2.3",
    environment: {},
    directory: "/nonexistent",
    terminal,
    fetch: nowhere,
    local: [],
  });
  return { code, out, error };
}
