// A whole Doorward with one model upstream, 100 agents and 200 policies, for the gateway benchmark to drive from outside.
// Prints one JSON line {url, keys} when it serves; ends with its parent's standard input.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { openDoorward, readConfig } from "#main";
import { ampleQuota } from "./quota.ts";

const AGENTS = 100;
const POLICIES = 200;

const [upstream = ""] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), "doorward-bench-"));
const config = readConfig({ data: directory, port: 0 }, {});
const doorward = await openDoorward({ ...config, quota: ampleQuota(config) }, (event, detail) => {
  process.stderr.write(`${event}: ${String(detail)}\n`);
});
const keyed = z.object({ key: z.string() });
const keys: string[] = [];
for (let at = 0; at < AGENTS; at += 1) {
  const added = await doorward.asLocalAdmin("agents.add", { name: `bench-${at}` });
  keys.push(keyed.parse(added).key);
}
await doorward.asLocalAdmin("upstreams.add", {
  name: "bench",
  kind: "openai",
  url: upstream,
  allowPrivate: true,
});
await doorward.asLocalAdmin("policy.activate", { text: policies() });
process.stdout.write(`${JSON.stringify({ url: doorward.addresses.door, keys })}\n`);
process.stdin.on("end", () => void doorward.close().then(() => process.exit(0)));
process.stdin.resume();

/** What a grown set looks like: a permit for all, and rules about models, spending and tools that look at each call. */
function policies(): string {
  const rules = [
    `@id("use-models") @reason("Agents may use models.") permit (principal is Doorward::Agent, action in [Doorward::Action::"models/generate", Doorward::Action::"models/embed"], resource);`,
  ];
  for (let at = 1; at < POLICIES; at += 1) rules.push(rule(at));
  return rules.join("\n");
}

function rule(at: number): string {
  const id = `@id("rule-${at}") @reason("Rule ${at} of the benchmark.")`;
  const generate = `action == Doorward::Action::"models/generate"`;
  switch (at % 4) {
    case 0:
      return `${id} forbid (principal, ${generate}, resource == Doorward::Model::"bench/closed-${at}");`;
    case 1:
      return `${id} forbid (principal, ${generate}, resource) when { context.budget.usedPercent > ${100 + at} };`;
    case 2:
      return `${id} forbid (principal is Doorward::Agent, ${generate}, resource) when { principal.name == "nobody-${at}" };`;
    default:
      return `${id} forbid (principal, ${generate}, resource) when { context.effects.contains("destructive") && context.door == "llm" };`;
  }
}
