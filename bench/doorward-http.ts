// A whole Doorward whose http door one agent goes through, to hosts on loopback that it was granted: identify, label, decide,
// record, forward. Prints one JSON line {url, key} when it serves, and writes its authority to FOLDER/road-ca.pem.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { openDoorward, readConfig } from "#main";
import { ampleQuota } from "./quota.ts";

const [folder = ".", ...hosts] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), "doorward-bench-"));
const config = readConfig({ data: directory, port: 0 }, {});
const doorward = await openDoorward({ ...config, quota: ampleQuota(config) }, (event, detail) => {
  process.stderr.write(`${event}: ${String(detail)}\n`);
});
const keyed = z.object({ key: z.string() });
const { key } = keyed.parse(await doorward.asLocalAdmin("agents.add", { name: "bench" }));
for (const host of hosts)
  await doorward.asLocalAdmin("hosts.grant", { agent: "bench", host, access: "write", private: true });
const shown = z.object({ certificate: z.string() }).parse(await doorward.asLocalAdmin("ca.show", {}));
writeFileSync(join(folder, "road-ca.pem"), shown.certificate);
process.stdout.write(`${JSON.stringify({ url: doorward.addresses.http, key })}\n`);
process.stdin.on("end", () => void doorward.close().then(() => process.exit(0)));
process.stdin.resume();
