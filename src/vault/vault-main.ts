// The vault's own process: the only one that holds the key-encryption key and opens secrets (T25). Started by
// `vault-process.ts`, without standard output or error: nothing that it says could land in a log.
import { openCustody, sayable } from "./custody.ts";
import { fenceNetwork } from "./fence.ts";
import type { AskName, FetchAnswer, FromVault, ToVault } from "./messages.ts";

fenceNetwork();

function tell(message: FromVault): void {
  // An error is the parent's death, seen before its `disconnect` arrives.
  if (process.connected) process.send?.(message, undefined, undefined, (error) => error && process.exit(0));
}

const fetches = new Map<number, (answer: FetchAnswer) => void>();
const keeps = new Map<number, (isKept: boolean) => void>();
let next = 0;

const custody = openCustody({
  fetch: async (request) =>
    new Promise((resolve) => {
      const id = (next += 1);
      fetches.set(id, resolve);
      tell({ kind: "fetch", id, request });
    }),
  keep: async (keeping) =>
    new Promise((resolve) => {
      const id = (next += 1);
      keeps.set(id, resolve);
      tell({ kind: "keep", id, keeping });
    }),
});

async function answer(id: number, name: AskName, ask: unknown): Promise<void> {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- The other end of this channel is our own parent.
    const handle = custody[name] as (given: unknown) => Promise<unknown>;
    tell({ kind: "answer", id, answer: await handle(ask) });
  } catch (error) {
    const { code, message, remedy } = sayable(error);
    tell({ kind: "fault", id, code, message, remedy });
  }
}

process.on("message", (message: ToVault) => {
  if (message.kind === "ask") void answer(message.id, message.name, message.ask);
  else if (message.kind === "fetched") {
    fetches.get(message.id)?.(message.answer);
    fetches.delete(message.id);
  } else {
    keeps.get(message.id)?.(message.isKept);
    keeps.delete(message.id);
  }
});

// Without its parent there is nobody to serve; Ctrl-C in a terminal reaches both, and the parent decides when to end.
process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
// Its message could hold what it was handling.
process.on("uncaughtException", () => process.exit(1));
process.on("unhandledRejection", () => process.exit(1));

tell({ kind: "ready" });
