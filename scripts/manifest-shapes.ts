import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Json, JsonObject } from "#base";
import { bareSchema, SHIPPED_PACKAGES, SHIPPED_REMOTES, SHIPPED_TOOLS, shapeOf } from "#flow";

// The shapes that shipped manifests are pinned to, from the definitions that clients and servers really declare.
//
//   node scripts/manifest-shapes.ts [--check]            writes src/flow/shapes.table.ts from tests/samples/shapes
//   node scripts/manifest-shapes.ts package NAME VERSION PROGRAM [ARGUMENT...]
//        installs an npm package into a scratch folder, starts PROGRAM (a file of it) and takes what it lists
//   node scripts/manifest-shapes.ts capture FILE         keeps the first request with tools that a client sends to port 18900
//   node scripts/manifest-shapes.ts client|remote NAME VERSION SOURCE FILE
//        takes the tools of a captured request, or of a list of definitions; a remote server's name is its address
//
// Only names and schemas without prose are kept: descriptions are their authors' texts.

const SAMPLES = fileURLToPath(new URL("../tests/samples/shapes/", import.meta.url));
const TABLE = fileURLToPath(new URL("../src/flow/shapes.table.ts", import.meta.url));
const CAPTURE_PORT = 18_900;
const LISTING_MAX_MS = 30_000;

const json: z.ZodType<Json> = z.json();
const object = z.record(z.string(), json);
export const shapeSample = z.object({
  of: z.string(),
  kind: z.enum(["client", "package", "remote"]),
  sources: z.array(z.object({ version: z.string(), source: z.string() })),
  tools: z.record(z.string(), z.array(object)),
});
type Sample = z.output<typeof shapeSample>;

/** A tool as MCP, Anthropic, OpenAI chat and OpenAI responses declare it. */
const declared = z.looseObject({
  name: z.string().optional(),
  inputSchema: object.optional(),
  input_schema: object.optional(),
  parameters: object.optional(),
  function: z.looseObject({ name: z.string(), parameters: object.optional() }).optional(),
});
const request = z.union([z.array(declared), z.looseObject({ tools: z.array(declared) })]);

function definitionsIn(text: string): { name: string; inputSchema: JsonObject }[] {
  const read = request.parse(JSON.parse(text));
  return (Array.isArray(read) ? read : read.tools).flatMap((tool) => {
    const inputSchema = tool.inputSchema ?? tool.input_schema ?? tool.parameters ?? tool.function?.parameters;
    const name = tool.name ?? tool.function?.name;
    return name === undefined || inputSchema === undefined ? [] : [{ name, inputSchema }];
  });
}

const SHELVES = { client: SHIPPED_TOOLS, package: SHIPPED_PACKAGES, remote: SHIPPED_REMOTES };

function fileOf(of: string): string {
  return join(SAMPLES, `${of.replaceAll(/[^a-z0-9]+/giu, "-").replace(/^-/u, "")}.json`);
}

function samples(): Sample[] {
  const files = readdirSync(SAMPLES).toSorted();
  return files.map((file) => shapeSample.parse(JSON.parse(readFileSync(join(SAMPLES, file), "utf8"))));
}

/** Adds what one version declares of the tools that a manifest is shipped for. */
function add(
  taken: Pick<Sample, "of" | "kind"> & { readonly version: string; readonly source: string },
  text: string,
): void {
  const { of, kind, version, source } = taken;
  const shipped = SHELVES[kind][of] ?? {};
  const known = samples().find((one) => one.of === of) ?? { of, kind, sources: [], tools: {} };
  const tools = { ...known.tools };
  for (const { name, inputSchema } of definitionsIn(text)) {
    const schema = bareSchema(inputSchema);
    if (shipped[name] === undefined || schema === null) continue;
    const before = tools[name] ?? [];
    const isKnown = before.some(
      (one) => shapeOf({ name, inputSchema: one }) === shapeOf({ name, inputSchema }),
    );
    tools[name] = isKnown ? before : [...before, schema];
  }
  const sources = [...known.sources.filter((one) => one.version !== version), { version, source }];
  const sorted = Object.fromEntries(Object.entries(tools).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(fileOf(of), `${JSON.stringify({ of, kind, sources, tools: sorted })}\n`);
}

/** The table as text: pure, so that a test can compare. */
export function tableOf(all: readonly Sample[]): string {
  const shelf = (kind: Sample["kind"]): string =>
    all
      .filter((one) => one.kind === kind)
      .map((one) => `  ${JSON.stringify(one.of)}: {\n${pinned(one)}\n  },`)
      .join("\n");
  return `${HEAD}
export const TOOL_SHAPES: Readonly<Record<string, Pinned>> = {
${shelf("client")}
};

export const PACKAGE_SHAPES: Readonly<Record<string, Pinned>> = {
${shelf("package")}
};

/** By address, without a slash at its end. */
export const REMOTE_SHAPES: Readonly<Record<string, Pinned>> = {
${shelf("remote")}
};
`;
}

function pinned({ sources, tools }: Sample): string {
  const said = sources.map(({ version, source }) => `    // ${version}: ${source}`);
  const versions = `    versions: ${JSON.stringify(sources.map(({ version }) => version))},`;
  const shapes = Object.entries(tools).map(([name, schemas]) => {
    const digests = schemas.map((inputSchema) => JSON.stringify(shapeOf({ name, inputSchema })));
    return `      ${JSON.stringify(name)}: [${digests.join(", ")}],`;
  });
  return [...said, versions, "    tools: {", ...shapes, "    },"].join("\n");
}

const HEAD = `// Written by scripts/manifest-shapes.ts from tests/samples/shapes; not by hand.
import type { Digest } from "#base";

/** Shapes (\`shapeOf\`) that a client or a package declares of each tool. */
export interface Pinned {
  /** Versions that were looked at: of an npm package the only ones that its manifests are in force for. */
  readonly versions: readonly string[];
  readonly tools: Readonly<Record<string, readonly Digest[]>>;
}
`;

/** What an MCP server lists over stdio (2025-06-18: initialize, notifications/initialized, tools/list). */
async function listOf(program: string, given: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [program, ...given], { stdio: ["pipe", "pipe", "ignore"] });
  const send = (message: JsonObject): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  const answer = z.looseObject({ id: z.number().optional(), result: z.looseObject({}).optional() });
  const timer = setTimeout(() => child.kill(), LISTING_MAX_MS);
  send({
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "manifest-shapes", version: "1" },
    },
  });
  let rest = "";
  for await (const chunk of child.stdout) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const { id, result } = answer.parse(JSON.parse(line));
      if (id === 1) {
        send({ jsonrpc: "2.0", method: "notifications/initialized" });
        send({ jsonrpc: "2.0", id: 2, method: "tools/list", params: {} });
      } else if (id === 2) {
        clearTimeout(timer);
        child.kill();
        return JSON.stringify(result);
      }
    }
  }
  throw new Error(`${program} listed nothing`);
}

async function fromPackage([
  name = "",
  version = "",
  program = "",
  ...given
]: readonly string[]): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "manifest-shapes-"));
  try {
    writeFileSync(join(scratch, "package.json"), '{"private":true}');
    execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", `${name}@${version}`], {
      cwd: scratch,
      stdio: "inherit",
    });
    const source = `what the npm package lists over stdio, started as \`${[program, ...given].join(" ")}\``;
    const text = await listOf(join(scratch, "node_modules", name, program), given);
    add({ of: name, kind: "package", version, source }, text);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A model's address that answers nothing: the client's own request is what is wanted. */
function capture(file: string): void {
  const server = createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on("data", (chunk: Buffer) => void chunks.push(chunk));
    asked.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      answer.writeHead(500).end();
      if (!text.includes('"tools":[{')) return;
      writeFileSync(file, text);
      server.close();
      server.closeAllConnections();
    });
  });
  server.listen(CAPTURE_PORT, "127.0.0.1");
}

const [mode = "write", ...rest] = process.argv.slice(2);
if (import.meta.main) {
  if (mode === "package") await fromPackage(rest);
  if (mode === "capture") capture(rest[0] ?? "captured.json");
  if (mode === "client" || mode === "remote") {
    const [of = "", version = "", source = "", file = ""] = rest;
    add({ of, kind: mode, version, source }, readFileSync(file, "utf8"));
  }
  const table = tableOf(samples());
  if (mode !== "--check" && mode !== "capture") writeFileSync(TABLE, table);
}
