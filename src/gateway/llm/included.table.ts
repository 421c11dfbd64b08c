/**
 * What clients of models put among the user's words. The contexts and the list of skills as requests of the npm package
 * @anthropic-ai/claude-code have them (2.0.76 and 2.1.76, `claude -p`, captured), surroundings and AGENTS.md as those of @openai/codex
 * (0.150.0, `codex exec`, captured); the other reminders are unverified: as programs that read such requests know them (autumn
 * 2026). What is not known here counts as a file.
 */

/** Elements that hold what the client itself says of its surroundings. */
export const PROGRAM_ELEMENTS: ReadonlySet<string> = new Set(["environment_context"]);

/** Openings of reminders in which a client speaks to its model, and quotes nobody. */
export const PROGRAM_OPENINGS: readonly string[] = [
  "This is a reminder that your todo list is currently empty.",
  "The TodoWrite tool hasn't been used recently.",
  "The task tools haven't been used recently.",
  "Plan mode is active.",
  "The following skills are available for use with the Skill tool:",
];

/** The opening of a reminder that has a heading for each thing in it, and the headings under which only the client speaks. */
export const CONTEXT_OPENING = "As you answer the user's questions, you can use the following context:";
export const PROGRAM_HEADINGS: ReadonlySet<string> = new Set([
  "currentDate",
  "important-instruction-reminders",
  "userEmail",
]);

/** Where a context says which file it quotes. */
export const QUOTED_FILE = /^Contents of (.+?)(?: \([^()\n]*\))?:[ \t]*$/gmu;
/** A text that begins so is a file as a whole; of Codex's the folder stands behind it. */
export const FOLDER_OF_FILE = /^# AGENTS\.md instructions for (.+?)[ \t]*$/mu;
export const FILE_OPENINGS: readonly string[] = [
  "# AGENTS.md instructions",
  "# CLAUDE.md",
  "Contents of /",
  // What a model summed up of a conversation that grew too long, others' words included.
  "This session is being continued from a previous conversation",
];
