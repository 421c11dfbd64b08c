// A whole Doorward that does what its parent says: each line of standard input is {operation, input}, done as the local admin,
// and answered with one line. The first line that it prints is {door, proxy}. Ends with its parent's standard input.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { openDoorward, readConfig } from "#main";
import { ampleQuota } from "./quota.ts";

const asked = z.object({ operation: z.string(), input: z.record(z.string(), z.json()) });
const config = readConfig({ data: mkdtempSync(join(tmpdir(), "doorward-bench-")), port: 0 }, {});
const doorward = await openDoorward({ ...config, quota: ampleQuota(config) }, (event, detail) => {
  process.stderr.write(`${event}: ${String(detail)}\n`);
});
const say = (line: unknown): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ door: doorward.addresses.door, proxy: doorward.addresses.http });
for await (const line of createInterface({ input: process.stdin })) {
  const { operation, input } = asked.parse(JSON.parse(line));
  say(await doorward.asLocalAdmin(operation, input));
}
await doorward.close();
process.exit(0);
