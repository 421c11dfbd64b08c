import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "#base";
import { trusted } from "#sandbox";

/** Files of one agent's trust: T13 has it per agent, so that nothing else on the machine trusts Doorward. */
export interface TrustFiles {
  readonly folder: string;
  /** Doorward's authority alone, for what adds to its own roots. */
  readonly authority: string;
  /** The system's roots and Doorward's, for what takes one file in place of its roots. */
  readonly bundle: string;
  /** The same for Java; its password is `changeit`, as of every store of Java's, and protects nothing. */
  readonly java: string;
  /** Wget takes no variable but one that names its settings: these stand in place of the person's own. */
  readonly wget: string;
}

export const JAVA_PASSWORD = "changeit";
/** What nobody named gets this one; its name is no agent's, which have no underscore. */
export const SHARED = "_shared";

export function trustFiles(directory: string, agent: string): TrustFiles {
  if (agent !== SHARED && !/^[a-z][a-z0-9-]{0,62}$/.test(agent)) {
    throw new Fault(
      "input_invalid",
      `${JSON.stringify(agent)} is no agent's name`,
      "List them: `doorward agents list`.",
    );
  }
  const folder = join(directory, "trust", agent);
  return {
    folder,
    authority: join(folder, "doorward-ca.pem"),
    bundle: join(folder, "bundle.pem"),
    java: join(folder, "java.jks"),
    wget: join(folder, "wgetrc"),
  };
}

export function writeTrust(files: TrustFiles, certificate: string): void {
  const { pem, jks } = trusted(certificate);
  mkdirSync(files.folder, { recursive: true, mode: 0o755 });
  writeFileSync(files.authority, certificate, { mode: 0o644 });
  writeFileSync(files.bundle, pem, { mode: 0o644 });
  writeFileSync(files.java, jks, { mode: 0o644 });
  writeFileSync(files.wget, `ca_certificate = ${files.bundle}\n`, { mode: 0o644 });
}

export function removeTrust(files: TrustFiles): void {
  rmSync(files.folder, { recursive: true, force: true });
}
