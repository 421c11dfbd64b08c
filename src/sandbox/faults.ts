import { Fault } from "#base";

/** Isolate fails shut: the machine lacks what a sandbox is made of. */
export function sandboxUnavailable(missing: readonly string[], remedy: string): Fault {
  return new Fault(
    "sandbox_unavailable",
    `no sandbox can be made here: ${missing.join("; ")}`,
    `${remedy} What a sandbox is made of: docs/guide/sandbox.md.`,
  );
}

export function workspaceUnsafe(why: string, remedy: string): Fault {
  return new Fault(
    "sandbox_workspace_unsafe",
    why,
    `${remedy} What is guarded, and why: docs/guide/sandbox.md.`,
  );
}

export function sandboxFailed(why: string, cause?: unknown): Fault {
  return new Fault(
    "sandbox_failed",
    `the sandbox did not start: ${why}`,
    "Run the command with --dry-run to see what the sandbox is made of; the text after `bwrap:` says what the kernel refused.",
    cause,
  );
}
