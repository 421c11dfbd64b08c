import { basename, resolve } from "node:path";
import type { ModelSigner, Provenance, Refusal } from "#provenance";
import { inertLine } from "./text.ts";

/** What came of it: verified only where nothing was refused. */
export interface Verification {
  readonly verified: boolean;
  readonly signer: ModelSigner | null;
  readonly signed: { readonly files: number; readonly root: string | null; readonly hash: string } | null;
  readonly refusals: readonly Refusal[];
  readonly ignored: readonly string[];
  readonly notes: readonly string[];
  readonly provenance: readonly ProvenanceShown[];
}

export interface ProvenanceShown extends Omit<Provenance, "subjects" | "materials"> {
  readonly file: string;
  /** Files of the model, or the model's digest, that it is about; none where it is about something else. */
  readonly about: readonly string[];
  readonly subjects: number;
  readonly materials: readonly string[];
}

const LIST_MAX = 50;

/** For people: whether it is verified, by whom it was signed, and each thing that is wrong. */
export function shownVerification(
  path: string,
  { verified: isFine, signer, signed, refusals, ignored, notes, provenance }: Verification,
): string {
  const head = isFine
    ? `${inertLine(basename(resolve(path)))}: verified\n`
    : `${inertLine(basename(resolve(path)))}: NOT verified\n`;
  const who = signer === null ? "" : `signed by ${inertLine(whoIs(signer))}\n`;
  const what =
    signed === null
      ? ""
      : `${signed.files} files, ${signed.hash}${signed.root === null ? "" : `, model sha256:${signed.root}`}\n`;
  const built = provenance.map(({ file, predicate, builder, about }) => {
    const matter =
      about.length === 0 ? "of something else than these files" : `of ${about.slice(0, 3).join(", ")}`;
    return `${basename(file)}: ${predicate}, ${matter}, says it was built by ${builder ?? "nobody named"} (not verified)`;
  });
  return `${head}${who}${what}${lines(
    "Refused",
    refusals.map(({ says }) => says),
  )}${lines("Ignored", ignored)}${lines("Note", notes)}${lines("Provenance", built)}`;
}

function whoIs(signer: ModelSigner): string {
  if (signer.by === "key") return `the key ${signer.hint}`;
  if (signer.by === "sigstore") return `${signer.identity} (${signer.issuer})`;
  return `${signer.subject.replaceAll("\n", ", ")}, certified by ${signer.issuer.replaceAll("\n", ", ")}`;
}

function lines(title: string, all: readonly string[]): string {
  const listed = all.slice(0, LIST_MAX).map((line) => `  ${inertLine(line)}\n`);
  const more = all.length > LIST_MAX ? `  and ${all.length - LIST_MAX} more; --json has all\n` : "";
  return all.length === 0 ? "" : `\n${title}\n${listed.join("")}${more}`;
}
