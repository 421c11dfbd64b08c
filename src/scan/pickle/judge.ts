import type { ByteSource } from "#models";
import type { Finding } from "../finding.ts";
import type { Allowed, Use } from "./allowed.table.ts";
import { allowedOf, dangerousOf, originOf } from "./lists.ts";
import type { Recent } from "./machine.ts";
import { hiddenIn, type Within } from "./nested.ts";
import { judgedArguments } from "./rules.ts";
import { lineText, linesAt, shown, written } from "./show.ts";
import type { PickleEvent } from "./state.ts";
import type { GlobalValue, Result, Value } from "./value.ts";

/** Of one pickle; the first ones stand, and that there are more, which blocks: the worst may be the last. */
export const FINDINGS_MAX = 200;
const INNER_MAX = 16;
const UNSAFE = ["AML.T0011.000", "AML.T0010.003"];

/** How far a name that isn't on the list is used; each is worse than the one before. */
const REACHES = ["imported", "made", "called"] as const;
type Reach = (typeof REACHES)[number];

interface Named {
  readonly value: GlobalValue;
  readonly reach: Reach;
  readonly at: number;
  readonly text: string;
  readonly evidence: readonly string[];
}

interface Counts {
  readonly calls: number;
  readonly names: number;
  /** Of joblib's, whose bytes follow. */
  readonly arrays: number;
}

const MANY: Wrong = {
  rule: "pickle-unread",
  verdict: "unscannable",
  says: `There is more to find than ${FINDINGS_MAX} things: the others do not stand here.`,
  at: 0,
};

/** Hears what a loader would do and keeps what nobody needs of it. */
export interface Judge {
  readonly hear: (event: PickleEvent, recent: Recent) => void;
  readonly findings: () => Finding[];
  /** What was heard at all, allowed or not, and of it imports of what could be a module's name. */
  readonly heard: () => Counts;
}

interface Wrong {
  readonly rule: string;
  readonly verdict: Finding["verdict"];
  readonly says: string;
  readonly at: number;
}

/** `within` judges a pickle in the data of this one. */
export function judgeOf(source: ByteSource, path: readonly string[], within: Within | null): Judge {
  const named = new Map<string, Named>();
  const others = new Map<string, Finding>();
  const counts = { calls: 0, names: 0, arrays: 0 };
  let isFull = false;
  const hasRoom = (): boolean => {
    isFull ||= named.size + others.size >= FINDINGS_MAX;
    return !isFull;
  };
  const keep = (wrong: Wrong, recent: Recent): void => {
    const key = `${wrong.rule} ${wrong.says}`;
    if (others.has(key) || !hasRoom()) return;
    others.set(key, findingOf(wrong, path, evidenceAt(source, recent)));
  };
  const note = (value: GlobalValue, reach: Reach, { at, text, recent }: Noted): void => {
    const key = `${value.module} ${value.name}`;
    const known = named.get(key);
    if (known === undefined ? !hasRoom() : REACHES.indexOf(known.reach) >= REACHES.indexOf(reach)) return;
    named.set(key, { value, reach, at, text, evidence: evidenceAt(source, recent) });
  };
  const context: Context = { source, within, keep, note };
  return {
    hear: (event, recent) => {
      if (event.kind === "call") counts.calls += 1;
      if (event.kind === "array") counts.arrays += 1;
      if (event.kind === "import" && isModuleName(event.value)) counts.names += 1;
      hear(event, recent, context);
    },
    findings: () => [
      ...Array.from(named.values(), (one) => namedFinding(one, path)),
      ...others.values(),
      ...(isFull ? [findingOf(MANY, path, [])] : []),
    ],
    heard: () => ({ ...counts }),
  };
}

interface Noted {
  readonly at: number;
  readonly text: string;
  readonly recent: Recent;
}

interface Context {
  readonly source: ByteSource;
  readonly within: Within | null;
  readonly keep: (wrong: Wrong, recent: Recent) => void;
  readonly note: (value: GlobalValue, reach: Reach, noted: Noted) => void;
}

function hear(event: PickleEvent, recent: Recent, context: Context): void {
  switch (event.kind) {
    case "import":
      return hearImport(event.value, event.at, { recent, context });
    case "call":
      return hearCall({ result: event.result, at: event.at, depth: 0 }, recent, context);
    case "change":
      return hearChange(event, recent, context);
    case "data":
      return hearData(event, recent, context);
    case "unfollowed":
      return context.keep(unfollowed(`What this does cannot be told: ${event.what}.`, event.at), recent);
    case "persistent":
    case "array":
      return undefined;
  }
}

interface Heard {
  readonly recent: Recent;
  readonly context: Context;
}

function hearImport(value: GlobalValue, at: number, { recent, context }: Heard): void {
  if (allowedOf(value) === undefined) context.note(value, "imported", { at, text: written(value), recent });
}

function unfollowed(says: string, at: number): Wrong {
  return { rule: "pickle-unfollowed", verdict: "unscannable", says, at };
}

/** What only stands there runs nothing; whoever writes it so has a second program that does. */
function hearData(
  { value, at }: Extract<PickleEvent, { kind: "data" }>,
  recent: Recent,
  context: Context,
): void {
  const what = hiddenIn(context.source, value, context.within);
  if (what === null) return;
  context.keep(
    {
      rule: "pickle-hidden",
      verdict: "suspicious",
      says: `The file holds ${what}; loading it does not run that.`,
      at,
    },
    recent,
  );
}

interface Called {
  readonly result: Result;
  readonly at: number;
  readonly depth: number;
}

function hearCall({ result, at, depth }: Called, recent: Recent, context: Context): void {
  const { callee, how } = result;
  if (callee.kind !== "global") return context.keep(computedCall(callee, written(result), at), recent);
  const row = allowedOf(callee);
  if (row === undefined)
    return context.note(callee, how === "call" ? "called" : "made", { at, text: written(result), recent });
  const judged = row.uses.includes(how) ? judgedArguments(row.args, result.args) : null;
  if (judged === null || !judged.isRight || depth > INNER_MAX) {
    const says = `Loading calls ${written(result)}: no framework calls ${written(callee)} in this way.`;
    return context.keep({ rule: "pickle-argument", verdict: "malicious", says, at }, recent);
  }
  for (const inner of judged.inner)
    hearCall({ result: { kind: "result", ...inner, items: [] }, at, depth: depth + 1 }, recent, context);
}

function computedCall(callee: Value, text: string, at: number): Wrong {
  const says = `Loading calls what is made while loading: ${text}.`;
  return {
    rule: "pickle-computed-call",
    verdict: callee.kind === "result" ? "malicious" : "unscannable",
    says,
    at,
  };
}

const MAKERS: ReadonlySet<string | undefined> = new Set(["reconstructor", "newobj", "array"]);

/** The class of what a call made; for the ways to make an object that are functions, the class that they were given. */
function madeOf(target: Value): GlobalValue | null {
  if (target.kind !== "result" || target.callee.kind !== "global") return null;
  if (!MAKERS.has(allowedOf(target.callee)?.args)) return target.callee;
  const [made] = target.args.kind === "tuple" || target.args.kind === "list" ? target.args.items : [];
  return made?.kind === "global" ? made : null;
}

function hearChange(
  event: Extract<PickleEvent, { kind: "change" }>,
  recent: Recent,
  { keep, note }: Context,
): void {
  const { target, how, state, at } = event;
  const made = madeOf(target);
  const row = made === null ? undefined : allowedOf(made);
  if (row !== undefined && isRightChange(row, how, state)) return undefined;
  const text = `${written(target)} gets ${state
    .slice(0, 2)
    .map((value) => written(value))
    .join(", ")}`;
  if (target.kind === "global") {
    const says = `Loading changes what it imported for the whole program: ${text}.`;
    return keep({ rule: "pickle-patch", verdict: "malicious", says, at }, recent);
  }
  if (made === null)
    return keep(unfollowed(`What a change of ${target.kind} does cannot be told: ${text}.`, at), recent);
  if (row === undefined) return note(made, "made", { at, text, recent });
  const says = `Loading changes ${text}: no framework does so.`;
  return keep({ rule: "pickle-argument", verdict: "malicious", says, at }, recent);
}

function isRightChange(row: Allowed, how: Use, state: readonly Value[]): boolean {
  if (!row.uses.includes(how)) return false;
  return how !== "build" || state.every((value) => !replacesMethods(value));
}

/**
 * Whether BUILD would write an attribute that a later opcode looks up and calls: `__setstate__`, `append`. What is no plain
 * state (text, a list, numbers) has no attributes' names in it.
 */
function replacesMethods(state: Value): boolean {
  if (state.kind === "tuple")
    return state.items.some((value) => value.kind === "dict" && replacesMethods(value));
  if (state.kind === "dict") return keysOf(state.pairs).some(isMethodName);
  if (state.kind !== "result") return state.kind === "unknown" || state.kind === "persistent";
  const given = state.args.kind === "tuple" ? state.args.items : [];
  return [...keysOf(state.items), ...given.flatMap(pairKeys)].some(isMethodName);
}

function keysOf(pairs: readonly Value[]): Value[] {
  return pairs.filter((_, index) => index % 2 === 0);
}

function pairKeys(value: Value): Value[] {
  if (value.kind === "dict") return keysOf(value.pairs);
  if (value.kind !== "list" && value.kind !== "tuple") return [];
  return value.items.flatMap((item) =>
    item.kind === "list" || item.kind === "tuple" ? item.items.slice(0, 1) : [],
  );
}

function isMethodName(key: Value): boolean {
  if (key.kind === "text") return /^__|^(?:append|extend|add|update|items)$/.test(key.text);
  return key.kind === "result" || key.kind === "unknown" || key.kind === "persistent";
}

function isModuleName({ module, name }: GlobalValue): boolean {
  return (
    /^[\p{ID_Start}_][\p{ID_Continue}.]*$/u.test(module) && /^[\p{ID_Start}_][\p{ID_Continue}.]*$/u.test(name)
  );
}

function evidenceAt(source: ByteSource, recent: Recent): string[] {
  return linesAt(source, recent()).map(lineText);
}

function findingOf(wrong: Wrong, path: readonly string[], evidence: readonly string[]): Finding {
  const { rule, verdict, says, at } = wrong;
  return {
    rule,
    severity: SEVERITY[verdict],
    verdict,
    says,
    techniques: UNSAFE,
    path,
    offset: at,
    evidence,
    advisories: [],
  };
}

const SEVERITY = { malicious: "critical", unscannable: "high", suspicious: "medium" } as const;

/**
 * What a name that is on no list makes of the file. Python's own and the frameworks' functions are on every machine that loads the file, so
 * a call is the attack itself. A call of another package or of `__main__` runs code that isn't in the file: it cannot be followed, which blocks
 * too. A class of those that is only instantiated is for a person to judge.
 */
function namedFinding({ value, reach, at, text, evidence }: Named, path: readonly string[]): Finding {
  const name = `${shown(value.module)}.${shown(value.name)}`;
  const dangerous = dangerousOf(value);
  const base = { rule: `pickle-${RULE[reach]}`, path, offset: at, evidence };
  const deed = DEED[reach];
  if (dangerous !== undefined) {
    const says = `Loading ${deed} ${name}, which ${dangerous.does}: ${text}.`;
    const { techniques, advisories = [] } = dangerous;
    return { ...base, severity: "critical", verdict: "malicious", says, techniques, advisories };
  }
  const verdict = verdictOfName(originOf(value), reach);
  const says = `Loading ${deed} ${name}, ${WHOSE[originOf(value)]}: ${text}.`;
  return { ...base, severity: SEVERITY[verdict], verdict, says, techniques: UNSAFE, advisories: [] };
}

const RULE: Readonly<Record<Reach, string>> = { imported: "import", made: "object", called: "call" };
const DEED: Readonly<Record<Reach, string>> = {
  imported: "imports",
  made: "makes an object of",
  called: "calls",
};
const WHOSE = {
  standard: "of Python's own library, which no model needs",
  framework: "which no saved model needs",
  other: "whose code is not in the file",
} as const;

function verdictOfName(origin: ReturnType<typeof originOf>, reach: Reach): Finding["verdict"] {
  if (reach === "called") return origin === "other" ? "unscannable" : "malicious";
  return reach === "made" && origin === "standard" ? "malicious" : "suspicious";
}
