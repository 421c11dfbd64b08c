import { homedir, setPriority } from "node:os";
import type { Explained, Surroundings } from "#discovery";
import { inertLine } from "./text.ts";

const NICENESS = 10;

/** What of this machine decides where things are looked for. */
export function surroundingsOf(environment: Surroundings["environment"]): Surroundings {
  const { platform } = process;
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? homedir();
  return { platform: platform === "darwin" || platform === "win32" ? platform : "linux", home, environment };
}

/** Whoever works at this machine goes first. */
export function stepBack(): void {
  try {
    setPriority(NICENESS);
  } catch {
    // It is lower already, or may not be changed: then it is as it is.
  }
}

export function explanation(sections: readonly Explained[]): string {
  return sections
    .map(({ title, lines }) => `${title}\n${lines.map((line) => `  ${inertLine(line)}\n`).join("")}`)
    .join("\n");
}
