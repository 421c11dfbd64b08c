import { randomUUID } from "node:crypto";
import { lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Fault } from "#base";

/** Throws `input_invalid` where SARIF cannot be written to `path`: it must end in .sarif, and be a file or not there yet. */
export function demandSarifPath(path: string): void {
  // `--sarif model.bin` would otherwise overwrite the model.
  if (!path.endsWith(".sarif"))
    throw new Fault(
      "input_invalid",
      `the file for SARIF is ${path}, which does not end in .sarif`,
      "Name a file that ends in .sarif, or put --sarif behind the paths.",
    );
  // What is scanned may have brought it: a link there leads to whatever whoever scans may write.
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false)
    throw new Fault(
      "input_invalid",
      `the file for SARIF, ${path}, is a link, a folder or a device`,
      "Name a file, or a place where nothing is yet.",
    );
}

/** Writes SARIF whole or not at all, and through no link at `path`. Throws `input_invalid`. */
export function writeSarif(path: string, text: string): void {
  demandSarifPath(path);
  const beside = `${path}.${randomUUID()}`;
  try {
    writeFileSync(beside, text, { flag: "wx" });
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw new Fault(
      "input_invalid",
      `the file for SARIF, ${path}, cannot be written`,
      "Name a file in a folder that is there and that you may write to.",
      cause,
    );
  }
}
