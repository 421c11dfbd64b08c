/**
 * Makes what is published: JavaScript, because Node strips no types under node_modules.
 *   node scripts/pack.ts [folder]    writes doorward-X.tgz and doorward-verifier-X.tgz there (default: build/)
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { filesIn } from "./files.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly bin: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly exports?: string | Record<string, string>;
}

const ROOT = resolve(import.meta.dirname, "..");

/** Packs both packages into `folder`; returns the paths of the tarballs. */
export function packAll(folder: string): { root: string; verifier: string } {
  mkdirSync(folder, { recursive: true });
  return { root: packed(folder, stageRoot), verifier: packed(folder, stageVerifier) };
}

function packed(folder: string, fill: (stage: string) => void): string {
  const stage = mkdtempSync(join(tmpdir(), "doorward-pack-"));
  try {
    fill(stage);
    cpSync(join(ROOT, "LICENSE"), join(stage, "LICENSE"));
    const npm = run(
      "npm",
      ["pack", "--json", "--ignore-scripts", "--pack-destination", resolve(folder)],
      stage,
    );
    const name = /"filename":\s*"([^"]+)"/.exec(npm)?.[1] ?? "";
    // A scoped package's file name stands in npm's JSON with its scope in some versions, without in others.
    return join(resolve(folder), name.replace(/^@/, "").replaceAll("/", "-"));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function stageRoot(stage: string): void {
  emit(join(ROOT, "src"), stage, false);
  copyAssets(stage);
  stageConsole(stage);
  for (const file of filesIn(["bin"], (path) => path.endsWith(".mjs"))) stageProgram(file, stage);
  for (const page of ["README.md", "SECURITY.md"]) copyIfThere(page, stage);
  const manifest = readManifest("package.json");
  const verifier = readManifest("verifier/package.json");
  writeManifest(stage, {
    ...published(manifest),
    imports: { "#*": "./dist/*/index.js" },
    bin: manifest.bin,
    dependencies: { ...manifest.dependencies, [verifier.name]: verifier.version },
    files: ["dist", "bin", "console", "SECURITY.md"],
  });
}

function stageVerifier(stage: string): void {
  emit(join(ROOT, "verifier", "src"), stage, true);
  copyIfThere("verifier/README.md", stage, "README.md");
  const manifest = readManifest("verifier/package.json");
  const { exports = {} } = manifest;
  const asMap = typeof exports === "string" ? { ".": exports } : exports;
  writeManifest(stage, {
    ...published(manifest),
    bin: mapValues(manifest.bin, built),
    exports: mapValues(asMap, built),
    files: ["dist"],
  });
}

/** From the registry there is no bootstrap that brings a newer Node: what is published says what it runs on. */
function published({ name, version, description, license }: Manifest): object {
  return { name, version, description, license, type: "module", engines: { node: ">=24" } };
}

function built(path: string): string {
  return path.replace("./src/", "./dist/").replace(/\.ts$/, ".js");
}

/** Types are checked elsewhere; here they only go. */
function emit(source: string, stage: string, declaration: boolean): void {
  const config = join(stage, "tsconfig.json");
  const types = { types: ["node"], typeRoots: [join(ROOT, "node_modules", "@types")] };
  const output = { noEmit: false, noCheck: true, rootDir: source, outDir: join(stage, "dist"), declaration };
  const settings = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: { ...types, ...output },
    include: [source],
    exclude: [join(source, "**", "*.test.ts")],
  };
  writeFileSync(config, JSON.stringify(settings));
  run(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-p", config], ROOT);
  rmSync(config);
}

/** What is not code goes along as it is. */
function copyAssets(stage: string): void {
  for (const file of filesIn(["src"], (path) => !path.endsWith(".ts"))) {
    const target = join(stage, file.replace(/^src\//, "dist/"));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(ROOT, file), target);
  }
}

/** The console as it was built, with the notices of the libraries in it; never its sources. */
function stageConsole(stage: string): void {
  run(process.execPath, [join(ROOT, "scripts", "console-build.mjs")], ROOT);
  cpSync(join(ROOT, "console", "dist"), join(stage, "console", "dist"), { recursive: true });
}

/** A program in bin/ runs from source in the repository and from dist/ in the package. */
function stageProgram(file: string, stage: string): void {
  const text = readFileSync(join(ROOT, file), "utf8");
  const target = join(stage, file);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text.replaceAll(/\.\.\/src\/([\w./-]+)\.ts\b/g, "../dist/$1.js"));
  chmodSync(target, 0o755);
}

function copyIfThere(file: string, stage: string, name = file): void {
  if (existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(stage, name));
}

function readManifest(file: string): Manifest {
  const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, file), "utf8"));
  return manifest;
}

function writeManifest(stage: string, manifest: object): void {
  writeFileSync(join(stage, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

function mapValues(map: Record<string, string>, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

function run(program: string, args: string[], cwd: string): string {
  const shell = process.platform === "win32" && program === "npm";
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8", shell });
  if (status !== 0)
    throw new Error(`${program} ${args.join(" ")} failed:\n${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}

if (import.meta.main) {
  const { root, verifier } = packAll(process.argv[2] ?? "build");
  process.stdout.write(`${root}\n${verifier}\n`);
}
