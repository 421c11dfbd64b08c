import type { Clause } from "@cedar-policy/cedar-wasm/nodejs";

type Reads = ReadonlySet<string> | "all";

/** Nodes without expressions below; `Literal` is a piece of the pattern of `like`. */
const LEAVES = new Set(["Value", "Slot", "Literal"]);

/**
 * Which arguments a policy's conditions look at: `context.input.NAME`, or `has NAME`. `all` when they take
 * `context` or `context.input` whole, and on any shape of expression not known here.
 */
export function argumentsRead(conditions: readonly Clause[]): Reads {
  const names = new Set<string>();
  const isKnown = conditions.every((clause) => walk(clause.body, names));
  return isKnown ? names : "all";
}

/** Whether conditions may look at `context.budget`. Says yes too often rather than too seldom. */
export function budgetIsRead(conditions: readonly Clause[]): boolean {
  return argumentsRead(conditions) === "all" || JSON.stringify(conditions).includes('"budget"');
}

/** Whether they may look at `context.flow`, of which nothing is known before there are arguments. */
export function flowIsRead(conditions: readonly Clause[]): boolean {
  return argumentsRead(conditions) === "all" || JSON.stringify(conditions).includes('"flow"');
}

const MODEL_FACTS = /"attr":"(?:status|proof|digest|manifest|risk|licence)"/;

/** Whether they may look at what the register says of a model, which lists of models do not ask for. */
export function modelIsRead(conditions: readonly Clause[]): boolean {
  return MODEL_FACTS.test(JSON.stringify(conditions));
}

/** Collects names; false when the whole input is read. */
function walk(node: unknown, names: Set<string>): boolean {
  if (Array.isArray(node)) return node.every((item) => walk(item, names));
  if (typeof node !== "object" || node === null) return true;
  const [entry, ...others] = Object.entries(node);
  if (entry === undefined || others.length > 0) return false;
  const [operator, operand]: [string, unknown] = entry;
  if (LEAVES.has(operator)) return true;
  if (operator === "Var") return operand !== "context";
  if (!isNode(operand)) return false;
  if (operator === ".") return walkAttribute(operand, names);
  if (operator === "has") return walkHas(operand, names);
  return Object.values(operand).every((part) => walk(part, names));
}

function walkAttribute(operand: Record<string, unknown>, names: Set<string>): boolean {
  const { left, attr } = operand;
  if (typeof attr !== "string") return false;
  if (isInput(left)) names.add(attr);
  else if (isContext(left)) return attr !== "input";
  else return walk(left, names);
  return true;
}

function walkHas(operand: Record<string, unknown>, names: Set<string>): boolean {
  const { left, attr } = operand;
  const path: unknown[] = Array.isArray(attr) ? attr : [attr];
  if (isContext(left) && path[0] === "input") return addFirst(path.slice(1), names);
  if (isInput(left)) return addFirst(path, names);
  return isContext(left) || walk(left, names);
}

function addFirst(path: readonly unknown[], names: Set<string>): boolean {
  const [name] = path;
  if (typeof name === "string") names.add(name);
  return name === undefined || typeof name === "string";
}

function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isContext(node: unknown): boolean {
  return typeof node === "object" && node !== null && "Var" in node && node.Var === "context";
}

function isInput(node: unknown): boolean {
  if (typeof node !== "object" || node === null || !("." in node)) return false;
  const access = node["."];
  return isNode(access) && access["attr"] === "input" && isContext(access["left"]);
}
