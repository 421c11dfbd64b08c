// `npm run -s conformance:deputy -- DIR [--labels given|inferred] [--policy FILE]`: recorded sessions of agents, benign
// and attacked, through our flow engine and the shipped policy. One JSON line per suite, source and mode. No model runs.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { proposeManifest, type ToolManifest } from "#flow";
import { STARTER_POLICY } from "#policy";
import { type Corpus, readCorpus } from "./deputy/corpus.ts";
import { readLabels } from "./deputy/labels.ts";
import { measureSuite, type Measuring } from "./deputy/measure.ts";
import { createWorld } from "./deputy/world.ts";

type Suite = Corpus["suites"][number];

const USAGE =
  "usage: npm run -s conformance:deputy -- DIR [--labels given|inferred] [--policy FILE] [--explain]\n";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    labels: { type: "string", default: "given" },
    policy: { type: "string" },
    explain: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
const kind = values.labels;
if (folder === undefined || (kind !== "given" && kind !== "inferred")) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const corpus = await readCorpus(folder);
const policy = values.policy === undefined ? STARTER_POLICY : await readFile(values.policy, "utf8");
const given = readLabels(corpus.labels);
const isEffectful = (name: string): boolean => {
  const label = given.tools.get(name);
  if (label === undefined) return true;
  return label.effect !== "read";
};

for (const suite of corpus.suites) {
  const world = createWorld(suite, policy, {
    own: kind === "given" ? given.own : [],
    manifests: kind === "given" ? givenManifests(suite) : inferredManifests(suite),
  });
  for (const mandate of [true, false]) {
    const onHold: Measuring["onHold"] = (where, call, rules) => {
      if (values.explain && !where.includes("/"))
        process.stderr.write(
          `${suite.suite} ${String(mandate)} ${where} ${call.name} ${JSON.stringify(call.args)} ${rules.join(",")}\n`,
        );
    };
    for (const line of measureSuite({ corpus, world, labels: kind, mandate, isEffectful, onHold }))
      process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

function givenManifests({ suite, tools }: Suite): ReadonlyMap<string, ToolManifest> {
  const named = tools.map(({ name }) => {
    const label = given.tools.get(name);
    return label === undefined ? [] : [[name, { tool: `${suite}/${name}`, ...label }] as const];
  });
  return new Map(named.flat());
}

/** What the proposer says of the tools' names and schemas; nobody corrected it. */
function inferredManifests({ suite, tools }: Suite): ReadonlyMap<string, ToolManifest> {
  return new Map(
    tools.map(({ name, input_schema: inputSchema }) => [name, proposeManifest(suite, { name, inputSchema })]),
  );
}
