import { runProgram } from "./child.ts";
import { keyUnreadable } from "./faults.ts";
import { type KeyPlace, keysIn, textOf } from "./ring.ts";

/**
 * A command that wraps and unwraps, as a KMS does: it gets `wrap` or `unwrap` as its last argument, base64 and a line
 * feed on standard input, and answers base64. The key itself lies nowhere; its wrapped form lies in the database.
 * Throws Fault `vault_key_unreadable`.
 */
export function keyCommand(command: readonly string[]): KeyPlace {
  const where = `the command ${command[0] ?? ""}`;
  return {
    where,
    load: async (wrapped) => {
      if (wrapped === null) return null;
      const text = await run(command, "unwrap", Buffer.from(wrapped));
      return keysIn(text.toString("utf8"), where);
    },
    save: async (keys) => {
      const wrapped = await run(command, "wrap", Buffer.from(textOf(keys)));
      const back = await run(command, "unwrap", wrapped);
      if (back.toString("utf8") === textOf(keys)) return wrapped;
      throw keyUnreadable(where, "what it wraps does not come back as it was");
    },
  };
}

async function run(command: readonly string[], verb: "wrap" | "unwrap", bytes: Buffer): Promise<Buffer> {
  const ran = await runProgram([...command, verb], `${bytes.toString("base64")}\n`);
  if (ran.kind === "failed") throw keyUnreadable(`the command ${command[0] ?? ""}`, ran.why);
  const text = ran.stdout.toString("utf8").trim();
  const answer = Buffer.from(text, "base64");
  if (answer.length > 0 && answer.toString("base64") === text) return answer;
  throw keyUnreadable(`the command ${command[0] ?? ""}`, `its answer to ${verb} is not base64`);
}
