/**
 * What clients of models put among the user's words. Unverified: as the requests of Claude Code and Codex look in public
 * traces and in programs that read them (autumn 2026); both change often. What is not known here counts as a file.
 */

/** Elements that hold what the client itself says of its surroundings. */
export const PROGRAM_ELEMENTS: ReadonlySet<string> = new Set(["environment_context"]);

/** Openings of reminders in which a client speaks to its model, and quotes nobody. */
export const PROGRAM_OPENINGS: readonly string[] = [
  "This is a reminder that your todo list is currently empty.",
  "The TodoWrite tool hasn't been used recently.",
  "The task tools haven't been used recently.",
  "Plan mode is active.",
];

/** The opening of a reminder that has a heading for each thing in it, and the headings under which only the client speaks. */
export const CONTEXT_OPENING = "As you answer the user's questions, you can use the following context:";
export const PROGRAM_HEADINGS: ReadonlySet<string> = new Set([
  "currentDate",
  "important-instruction-reminders",
  "userEmail",
]);

/** A text that begins so is a file as a whole. */
export const FILE_OPENINGS: readonly string[] = ["# AGENTS.md instructions", "# CLAUDE.md", "Contents of /"];
