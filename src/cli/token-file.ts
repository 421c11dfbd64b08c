import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "#base";

/** The file that keeps this machine's user token, mode 0600, in the data directory. */
export function tokenPath(directory: string): string {
  return join(directory, "cli-token");
}

/** The token, or null without one. Throws `token_exposed` when others may read the file. */
export function readToken(directory: string): string | null {
  const path = tokenPath(directory);
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return null;
  if (process.platform !== "win32" && (status.mode & 0o077) !== 0) {
    throw new Fault(
      "token_exposed",
      `others may read ${path}`,
      `Run \`chmod 600 ${path}\`, or \`doorward login\` again.`,
    );
  }
  const token = readFileSync(path, "utf8").trim();
  return token === "" ? null : token;
}

export function writeToken(directory: string, token: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const fresh = `${tokenPath(directory)}.${process.pid}`;
  writeFileSync(fresh, `${token}\n`, { mode: 0o600, flag: "wx" });
  chmodSync(fresh, 0o600);
  renameSync(fresh, tokenPath(directory));
}

export function removeToken(directory: string): void {
  rmSync(tokenPath(directory), { force: true });
}
