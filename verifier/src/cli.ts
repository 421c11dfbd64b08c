#!/usr/bin/env node
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fromBase64, need, Refusal } from "./bytes.ts";
import { growthProblems, logProblems } from "./log.ts";
import { openTrusted, parsePolicy, type Trust, trustLog } from "./policy.ts";
import { parseReceiptKey, verifyReceipt } from "./receipt.ts";
import { isConsistent } from "./tree.ts";

const USAGE = `Verifies Doorward receipts and ledgers offline, trusting nothing but the keys you give.

  doorward-verify receipt FILE --log-key VKEY --receipt-key FILE|BASE64
  doorward-verify log DIR --log-key VKEY [--receipt-key FILE|BASE64]
  doorward-verify consistency OLD NEW --log-key VKEY (--log DIR | --proof FILE)

  --log-key VKEY     the log's verifier key, name+hash+key: get it from the operator, not from the file's sender
  --receipt-key KEY  the public key that signs records: PEM file, base64 file or base64; may be given again
  --policy FILE      in place of --log-key: logs, witnesses and quorum (c2sp.org/tlog-policy)
  --log DIR          the log directory: both roots are made anew from its entries
  --proof FILE       a consistency proof, one base64 hash a line
  --json             one JSON object instead of text

Exit status: 0 verified, 1 not verified, 2 wrong usage.
`;
const OPTIONS = {
  "log-key": { type: "string" },
  "receipt-key": { type: "string", multiple: true },
  policy: { type: "string" },
  log: { type: "string" },
  proof: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;
const UNWITNESSED = "UNWITNESSED: nobody but its operator vouches that this is the log's only history";
const FILE_BYTES_MAX = 64 * 1024 * 1024;

type Options = ReturnType<typeof parse>["values"];

interface Result extends Partial<ReturnType<typeof verifyReceipt>> {
  readonly problems: readonly string[];
}

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });

function verifyFor(command: string, files: readonly string[], options: Options): Result | null {
  const { policy, "log-key": vkey, "receipt-key": keyTexts } = options;
  const [file] = files;
  if (file === undefined || (policy === undefined) === (vkey === undefined)) return null;
  const trust = vkey === undefined ? parsePolicy(readText(policy ?? "")) : trustLog(vkey.trim());
  if (command === "consistency") return verifyConsistency(files, options, trust);
  const keys = keyTexts?.map((key) => parseReceiptKey(existsSync(key) ? readText(key) : key));
  if (files.length > 1) return null;
  if (command === "receipt" && keys) return { problems: [], ...verifyReceipt(readText(file), trust, keys) };
  if (command !== "log") return null;
  const checkpoint = openTrusted(readText(join(file, "checkpoint")), trust);
  return { checkpoint, problems: logProblems(file, checkpoint, keys ?? null) };
}

function verifyConsistency(files: readonly string[], { log, proof }: Options, trust: Trust): Result | null {
  if (files.length !== 2 || (log === undefined) === (proof === undefined)) return null;
  const [old, now] = files.map((file) => openTrusted(readText(file), trust));
  if (old === undefined || now === undefined) return null;
  if (log !== undefined) return { checkpoint: now, problems: growthProblems(log, old, now) };
  const hashes = readText(proof ?? "").match(/[^\n]+/g) ?? [];
  const path = hashes.map((line) => fromBase64(line, "a line of the proof", 32));
  const isProven = old.origin === now.origin && isConsistent(old, now, path);
  need(isProven, "the proof does not show the old log to be a prefix of the new");
  return { checkpoint: now, problems: [] };
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    need(bytes.length <= FILE_BYTES_MAX, `${path} is larger than ${FILE_BYTES_MAX} bytes`);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw cause instanceof Refusal ? cause : new Refusal(`${path} cannot be read as text`, { cause });
  }
}

/** For people, or for machines: everything that was found, the root as base64. */
function answer(result: Result, json: boolean) {
  const { problems, checkpoint, subject, entries = [] } = result;
  const verified = problems.length === 0;
  const head = checkpoint && { ...checkpoint, root: checkpoint.root.toString("base64") };
  const unwitnessed = head?.witnesses.length === 0;
  const all = { verified, unwitnessed, problems, subject, entries, checkpoint: head };
  const said = verified ? found(result) : ["NOT VERIFIED", ...problems.map((problem) => `- ${problem}`)];
  return { status: verified ? 0 : 1, out: json ? `${JSON.stringify(all)}\n` : lines(said), error: "" };
}

function found({ checkpoint: head, subject = "", entries = [] }: Result): string[] {
  const witnesses = head?.witnesses.join(", ") ?? "";
  return [
    `VERIFIED  ${subject}`.trimEnd(),
    ...entries.map(({ index, at, kind }) => `entry ${index}  ${at}  ${kind}`),
    `log ${head?.origin}, ${head?.size} entries, root ${head?.root.toString("base64")}`,
    witnesses === "" ? UNWITNESSED : `witnessed by ${witnesses}`,
  ];
}

const escape = (mark: string) => `\\u{${mark.codePointAt(0)?.toString(16)}}`;

/** Text from a file under test must not steer the terminal: controls and direction marks are written out. */
function lines(all: readonly string[]): string {
  return `${all.map((line) => line.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escape)).join("\n  ")}\n`;
}

/** The program, but for printing and exiting. */
export function run(args: readonly string[]): { status: number; out: string; error: string } {
  const isJson = args.includes("--json");
  try {
    const { values, positionals } = parse(args);
    if (values.help) return { status: 0, out: USAGE, error: "" };
    const result = verifyFor(positionals[0] ?? "", positionals.slice(1), values);
    if (result === null) return { status: 2, out: "", error: USAGE };
    return answer(result, isJson);
  } catch (cause) {
    if (cause instanceof Refusal) return answer({ problems: [cause.message] }, isJson);
    // What parseArgs throws for options that do not exist.
    if (cause instanceof TypeError) return { status: 2, out: "", error: `${cause.message}\n\n${USAGE}` };
    throw cause;
  }
}

const [, script = ""] = process.argv;
if (existsSync(script) && realpathSync(script) === import.meta.filename) {
  const { status, out, error } = run(process.argv.slice(2));
  process.stdout.write(out);
  process.stderr.write(error);
  process.exitCode = status;
}
