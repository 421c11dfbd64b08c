// A whole Doorward with one server and one agent, for a benchmark or a journey to drive from outside.
// Prints one JSON line {url, key} when it serves; ends with its parent's standard input.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { openDoorward, readConfig } from "#main";
import { ampleQuota } from "./quota.ts";

const [name = "echo", ...command] = process.argv.slice(2);
const directory = process.env["DOORWARD_DATA"] ?? mkdtempSync(join(tmpdir(), "doorward-bench-"));
const config = readConfig({ data: directory, port: 0 }, {});
const doorward = await openDoorward({ ...config, quota: ampleQuota(config) });
await doorward.asLocalAdmin("servers.add", { name, command, accept: true });
const { key } = z
  .object({ key: z.string() })
  .parse(await doorward.asLocalAdmin("agents.add", { name: "bench" }));
process.stdout.write(`${JSON.stringify({ url: `${doorward.addresses.door}/door/mcp/${name}`, key })}\n`);
process.stdin.on("end", () => void doorward.close().then(() => process.exit(0)));
process.stdin.resume();
