/**
 * The fence: which file may reach for what. `architecture.json` is the plan; these are the rules that read it. Each
 * function answers why something is not allowed, or `undefined` when it is. tests/architecture.test.ts climbs it.
 */
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { type Import, importsOf, type Token, tokens } from "./imports.ts";
import { CONSOLE_PACKAGES, NETWORK_NAMES, POWERS, WORLD_CALLS, WORLD_NAMES } from "./fence.table.ts";

export interface Module {
  readonly floor: number;
  readonly job: string;
  readonly may: readonly string[];
  /** Node's built-ins: none, the listed ones, or all but the powers of fence.table.ts. */
  readonly node: boolean | readonly string[];
  /** npm packages, by package name. */
  readonly packages?: readonly string[];
  /** Powers that every other module lacks, each with its reason. */
  readonly also?: Readonly<Record<string, string>>;
}

export type Plan = Readonly<Record<string, Module>>;

/** `file` is relative to the repository, with forward slashes: `src/policy/decide.ts`. */
export function trespasses(plan: Plan, file: string, source: string): string[] {
  const imports = importsOf(source).flatMap((found) => trespass(plan, file, found) ?? []);
  const isProduct = file.startsWith("src/") && !isTest(file);
  return isProduct ? [...imports, ...worldTrespasses(plan, file, tokens(source))] : imports;
}

export function trespass(plan: Plan, file: string, found: Import): string | undefined {
  const { specifier } = found;
  if (specifier === null) return "an import must name one plain string";
  if (!/^[\w@#:./-]+$/.test(specifier)) return `${specifier} has characters that hide where it leads`;
  const [room = "", module = ""] = file.split("/");
  if (room !== "src") return outsideTrespass(room, file, specifier);
  if (!Object.hasOwn(plan, module)) return `src/${module} is not in architecture.json`;
  if (isTest(file)) return besideTrespass(plan, file, specifier);
  if (specifier.startsWith(".")) return leaves(`src/${module}`, file, specifier);
  if (specifier.startsWith("#")) return climbs(plan, module, specifier);
  return specifier.startsWith("node:") ? touches(plan, module, found) : brings(plan, module, specifier);
}

function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file);
}

/** Tests beside the code: any face, any package, and values to test with from tests/samples; no other module's inside. */
function besideTrespass(plan: Plan, file: string, specifier: string): string | undefined {
  if (specifier.startsWith("#")) return unknownFace(plan, specifier);
  const target = posix.join(posix.dirname(file), specifier);
  if (!specifier.startsWith(".") || target.startsWith("tests/samples/")) return undefined;
  return leaves(file.split("/").slice(0, 2).join("/"), file, specifier);
}

/** Rooms that share no code with the product: console/ (the browser) and verifier/ (the second implementation). */
function outsideTrespass(room: string, file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return leaves(room, file, specifier);
  if (room === "console" && CONSOLE_PACKAGES.has(packageOf(specifier))) return undefined;
  if (isTest(file) && !specifier.startsWith("#")) return undefined;
  if (room === "verifier" && specifier.startsWith("node:")) return undefined;
  return `${room}/ shares no code with anything; ${specifier} is not its own`;
}

function leaves(room: string, file: string, specifier: string): string | undefined {
  const isInside = posix.join(posix.dirname(file), specifier).startsWith(`${room}/`);
  return isInside ? undefined : `${specifier} leaves ${room}/; use the other module's #face`;
}

function unknownFace(plan: Plan, specifier: string): string | undefined {
  return Object.hasOwn(plan, specifier.slice(1)) ? undefined : `${specifier} is not the face of a module`;
}

function climbs(plan: Plan, module: string, specifier: string): string | undefined {
  const target = specifier.slice(1);
  const rules = plan[module];
  if (rules === undefined || !rules.may.includes(target)) return `${module} may not import ${specifier}`;
  const height = plan[target]?.floor ?? Number.POSITIVE_INFINITY;
  return height > rules.floor ? `${module} imports upward from ${specifier}` : undefined;
}

function touches(plan: Plan, module: string, found: Import): string | undefined {
  const builtin = found.specifier ?? "";
  const rules = plan[module];
  if (rules?.also?.[builtin] !== undefined) return undefined;
  if (!isListed(rules?.node, builtin)) return `${module} may not touch ${builtin}`;
  if (found.isTypeOnly) return undefined;
  const taken = found.names.find((name) => POWERS[builtin]?.includes(name) === false);
  if (taken !== undefined) return `${module} may not take ${taken} of ${builtin}: it is not in its "also"`;
  return rules?.floor !== undefined && rules.floor <= 1 ? takesChance(module, found) : undefined;
}

function isListed(node: Module["node"] | undefined, builtin: string): boolean {
  return node === true || (Array.isArray(node) && node.includes(builtin));
}

function takesChance(module: string, { specifier, names }: Import): string | undefined {
  if (specifier !== "node:crypto") return undefined;
  const chance = names.find((name) => /^random|^generateKey|^\*$/.test(name));
  return chance === undefined
    ? undefined
    : `${module} may not take ${chance} of node:crypto: it is handed in (Ambient)`;
}

function brings(plan: Plan, module: string, specifier: string): string | undefined {
  if (plan[module]?.also?.[specifier] !== undefined) return undefined;
  const name = packageOf(specifier);
  if (plan[module]?.packages?.includes(name)) return undefined;
  return isBuiltin(name) ? `write node:${name}` : `${module} may not bring in the package ${name}`;
}

function packageOf(specifier: string): string {
  const depth = specifier.startsWith("@") ? 2 : 1;
  return specifier.split("/").slice(0, depth).join("/");
}

/** Names taken from the global scope: the network belongs to egress (T17); engines get clock and chance handed in. */
function worldTrespasses(plan: Plan, file: string, all: readonly Token[]): string[] {
  const module = file.split("/")[1] ?? "";
  const rules = plan[module];
  if (rules === undefined) return [];
  return all.flatMap((token, at) => {
    if (token.kind !== "word" || !isFree(all, at)) return [];
    if (rules.also?.[token.text] !== undefined) return [];
    if (NETWORK_NAMES.has(token.text))
      return [`${module} may not use ${token.text}: egress is the one client (T17)`];
    if (token.text === "globalThis" && all[at + 1]?.text === "[")
      return [`${module} may not look into globalThis[...]`];
    return rules.floor <= 1 && isWorld(all, at)
      ? [`${module} may not use ${token.text}: it is handed in (Ambient)`]
      : [];
  });
}

/** Not a property (`x.fetch`), unless of the global object, nor a key or a parameter's name (`fetch: ...`). */
function isFree(all: readonly Token[], at: number): boolean {
  const [owner, before, after] = [all[at - 2]?.text ?? "", all[at - 1]?.text ?? "", all[at + 1]?.text ?? ""];
  if (before === "." || before === "?.") return ["globalThis", "global", "window", "self"].includes(owner);
  const isKey = after === ":" || (after === "?" && all[at + 2]?.text === ":");
  return !isKey;
}

function isWorld(all: readonly Token[], at: number): boolean {
  const name = all[at]?.text ?? "";
  if (WORLD_NAMES.has(name)) return true;
  if (name === "Date" && all[at + 1]?.text === "(")
    return all[at - 1]?.text !== "new" || all[at + 2]?.text === ")";
  return WORLD_CALLS.has([name, all[at + 1]?.text, all[at + 2]?.text].join(""));
}

/** What is wrong with the plan itself: unknown or higher modules in a `may`, or a circle. */
export function planProblems(plan: Plan): string[] {
  const problems = Object.entries(plan).flatMap(([name, rules]) =>
    rules.may.flatMap((target) => {
      const height = plan[target]?.floor;
      if (height === undefined) return [`${name} may import #${target}, which is not in the plan`];
      return height > rules.floor ? [`${name} may import #${target}, which stands higher`] : [];
    }),
  );
  const circle = circleIn(new Map(Object.entries(plan).map(([name, rules]) => [name, rules.may])));
  return circle === undefined ? problems : [...problems, `a circle: ${circle.join(" -> ")}`];
}

/** One circle in a graph, as the names along it, the first repeated at the end. */
export function circleIn(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  function walk(name: string, path: readonly string[]): string[] | undefined {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of graph.get(name) ?? []) {
      const circle = walk(next, [...path, name]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  }
  return [...graph.keys()].map((name) => walk(name, [])).find((circle) => circle !== undefined);
}

/** File to files, by relative imports that remain at run time. */
export function fileGraph(sources: ReadonlyMap<string, string>): Map<string, string[]> {
  const entries = [...sources].map(([file, source]) => {
    const near = importsOf(source).filter((found) => !found.isTypeOnly && found.specifier?.startsWith("."));
    return [file, near.map((found) => posix.join(posix.dirname(file), found.specifier ?? ""))] as const;
  });
  return new Map(entries.map(([file, targets]) => [file, targets.filter((target) => sources.has(target))]));
}
