// `npm run -s conformance:scan -- DIR [--details]`: the scan over samples by a manifest of the format in ../shared/data/models; one
// JSON line per group on standard output, with --details what was made of each file on standard error. With --adversarial
// instead of DIR: over the samples of our own generator (conformance/models), reported apart; with --write FOLDER they are written
// there, and nothing else is done. Nothing of any sample is loaded.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeAdversarial } from "./models/write.ts";
import { isFalseAlarm, isMissed, linesOf, looked, type Result, samplesIn } from "./scan/measure.ts";
import { openPool } from "./scan/pool.ts";

const USAGE = "usage: npm run -s conformance:scan -- DIR|--adversarial|--write FOLDER [--details]\n";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    adversarial: { type: "boolean", default: false },
    details: { type: "boolean", default: false },
    write: { type: "string" },
  },
});
if (values.write !== undefined) {
  writeAdversarial(values.write);
  process.exit(0);
}
const [given] = positionals;
if ((given === undefined) !== values.adversarial) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const made = given === undefined ? mkdtempSync(join(tmpdir(), "scan-adversarial-")) : null;
if (made !== null) writeAdversarial(made);
const folder = made ?? given ?? "";
const pool = openPool();
try {
  const results = await looked(pool, folder, samplesIn(folder));
  for (const line of linesOf(results)) process.stdout.write(`${JSON.stringify(line)}\n`);
  if (values.details) process.stderr.write(results.map(detail).join(""));
} finally {
  pool.close();
  if (made !== null) rmSync(made, { recursive: true });
}

function detail(result: Result): string {
  const { sample, looked: one } = result;
  const mark = isMissed(result) ? "MISSED " : isFalseAlarm(result) ? "FALSE ALARM " : "";
  const came = one.crashed ? `crashed: ${one.why}` : `${one.verdict} ${one.rules.join(",")}`;
  return `${mark}${sample.file} (${sample.label}): ${came} ${Math.round(one.ms)} ms\n`;
}
