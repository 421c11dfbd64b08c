import { z } from "zod";
import { type JsonObject, digestOf } from "#base";
import type {
  Action,
  AgentId,
  Destination,
  Effect,
  FlowEffect,
  FlowFacts,
  ServerName,
  UserId,
  Verb,
  Verdict,
  ServedModel,
} from "#vocabulary";
import { compilePolicies } from "./compile.ts";
import { decide } from "./decide.ts";
import { isPolicyId } from "./policy-id.ts";
import type { PolicySet } from "./policy-set.ts";
import type { Problem } from "./problem.ts";
import {
  isAgentServer,
  isModelVerb,
  isWebVerb,
  type PrincipalFacts,
  type Question,
  toolId,
  type ToolShape,
} from "./question.ts";
import { readTestFile, type TestCase, type TestFile } from "./test-file.ts";

export type PolicyTestReport =
  | {
      readonly ok: true;
      readonly passed: number;
      readonly failed: number;
      readonly results: readonly PolicyTestResult[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface PolicyTestResult {
  /** `notes calls fs/read_file`, for people. */
  readonly name: string;
  readonly because: string | null;
  readonly passed: boolean;
  readonly expected: string;
  readonly got: string;
  readonly verdict: Verdict;
  readonly line: number | null;
}

/** What manifests in force say of a call, as the doors have it. */
export interface TestedLabels {
  /** Where its values come from in a session in which nothing was said or read yet; null without a manifest in force. */
  readonly flow: (server: string, name: string, values: JsonObject) => FlowFacts | null;
  /** What policies call an effect that a manifest says; null: as the tool was accepted. */
  readonly effects: (effect: FlowEffect) => readonly [Effect, ...Effect[]] | null;
}

const NO_LABELS: TestedLabels = { flow: () => null, effects: () => null };

/**
 * Runs a YAML file of policy tests against a policy text. Tools that are not accepted may be described in the file;
 * where one is accepted, it is tested as it is, by the manifest in force for it: a test that does not say where the values
 * came from is of a session that has just begun. Problems of the file and of the policy text come back alike.
 */
export function runPolicyTests(
  yaml: string,
  policy: string,
  accepted: readonly ToolShape[],
  labels: TestedLabels = NO_LABELS,
): PolicyTestReport {
  const read = readTestFile(yaml);
  if (!read.ok) return read;
  const tools = toolsOf(read.file, accepted);
  const compiled = compilePolicies(policy, tools);
  if (!compiled.ok) return compiled;
  const results: PolicyTestResult[] = [];
  const problems: Problem[] = [];
  const scene = { file: read.file, tools, labels };
  for (const [index, test] of read.file.tests.entries()) {
    const line = read.lines[index] ?? null;
    const question = questionOf(test, scene);
    if (typeof question === "string")
      problems.push({ message: question, ...(line === null ? {} : { line }) });
    else results.push(runOne(compiled.set, test, question, line));
  }
  if (problems.length > 0) return { ok: false, problems };
  const passed = results.filter((result) => result.passed).length;
  return { ok: true, passed, failed: results.length - passed, results };
}

function runOne(set: PolicySet, test: TestCase, question: Question, line: number | null): PolicyTestResult {
  const lift = { policySet: set.digest, policies: test.approved.filter(isPolicyId) };
  const verdict = decide(set, question, lift);
  const grounds = verdict.grounds.map((ground): string => ground.policy);
  const isBy = test.by === undefined || grounds.includes(test.by);
  const isMarked = test.marks === undefined || areSame(test.marks, marksOf(verdict));
  return {
    name: `${test.agent}${test.for === undefined ? "" : ` for ${test.for}`}: ${test.does}`,
    because: test.because ?? null,
    passed: verdict.kind === test.expect && isBy && isMarked,
    expected: told(test.expect, test.by === undefined ? [] : [test.by], test.marks ?? []),
    got: told(verdict.kind, grounds, marksOf(verdict)),
    verdict,
    line,
  };
}

function told(kind: string, by: readonly string[], marks: readonly string[]): string {
  const decided = by.length === 0 ? kind : `${kind} by ${by.join(", ")}`;
  return marks.length === 0 ? decided : `${decided}, marked ${marks.join(", ")}`;
}

function marksOf(verdict: Verdict): readonly string[] {
  return verdict.kind === "allow" ? (verdict.marks ?? []) : [];
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join("\n") === others.join("\n");
}

/** How a test says what the agent does; the first group is the server or upstream, the second a name or URI. */
const DEEDS: readonly { readonly says: RegExp; readonly verb: Verb }[] = [
  { says: /^calls? ([^/\s]+)\/(\S+)$/, verb: "tools/call" },
  { says: /^fetch(?:es)? ([^/\s]+)\/(\S+)$/, verb: "prompts/get" },
  { says: /^reads? from ([^/\s]+) (\S+)$/, verb: "resources/read" },
  { says: /^follows? from ([^/\s]+) (\S+)$/, verb: "resources/subscribe" },
  { says: /^completes? for ([^/\s]+)$/, verb: "completion/complete" },
  { says: /^samples? for ([^/\s]+)$/, verb: "sampling/createMessage" },
  { says: /^asks? its user for ([^/\s]+)$/, verb: "elicitation/create" },
  { says: /^tells? its roots to ([^/\s]+)$/, verb: "roots/list" },
  { says: /^asks? model ([^/\s]+)\/(\S+)$/, verb: "models/generate" },
  { says: /^embeds? with ([^/\s]+)\/(\S+)$/, verb: "models/embed" },
  { says: /^lets? ([^/\s]+) run (\S+)$/, verb: "models/host-tool" },
  { says: /^lets? ([^/\s]+) fetch +(\S+)$/, verb: "models/fetch-url" },
  { says: /^gets? https?:\/\/([^/\s]+)(\/\S*)?$/, verb: "http/read" },
  { says: /^posts? to https?:\/\/([^/\s]+)(\/\S*)?$/, verb: "http/write" },
  { says: /^deletes? https?:\/\/([^/\s]+)(\/\S*)?$/, verb: "http/delete" },
  { says: /^opens? wss?:\/\/([^/\s]+)(\/\S*)?$/, verb: "http/open" },
  { says: /^messages? wss?:\/\/([^/\s]+)(\/\S*)?$/, verb: "http/message" },
  { says: /^tunnels? to ([^/\s]+)$/, verb: "http/tunnel" },
];

export const DEED_FORMS =
  "calls SERVER/TOOL, reads from SERVER URI, follows from SERVER URI, fetches SERVER/PROMPT, completes for SERVER, samples for SERVER, asks its user for SERVER, tells its roots to SERVER, asks model UPSTREAM/MODEL, embeds with UPSTREAM/MODEL, lets UPSTREAM run TYPE, lets UPSTREAM fetch URL, gets URL, posts to URL, deletes URL, opens URL, messages URL, tunnels to HOST";

interface Deed {
  readonly verb: Verb;
  readonly server: string;
  readonly name: string;
}

function deedOf(text: string): Deed | null {
  for (const { says, verb } of DEEDS) {
    const match = says.exec(text.trim());
    if (match === null) continue;
    const [, server = "", name] = match;
    if (isWebVerb(verb)) return { verb, server: `web:${server}`, name: name ?? "/" };
    return { verb, server, name: name ?? server };
  }
  return null;
}

interface Scene {
  readonly file: TestFile;
  readonly tools: readonly ToolShape[];
  readonly labels: TestedLabels;
}

/** The question a test asks, or what is wrong with the test. */
function questionOf(test: TestCase, { file, tools, labels }: Scene): Question | string {
  const deed = deedOf(test.does);
  if (deed === null) return `"${test.does}" is none of: ${DEED_FORMS}`;
  if (!Object.hasOwn(file.agents, test.agent)) return `agent "${test.agent}" is not listed under agents`;
  if (test.for !== undefined && !Object.hasOwn(file.users, test.for)) {
    return `user "${test.for}" is not listed under users`;
  }
  const reviewed = effectsFor(deed, tools, file);
  if (reviewed === null)
    return `tool ${toolId(deed.server, deed.name)} is neither accepted nor listed under tools`;
  const principals = principalsOf(test, file);
  const flow = flowOf(test, deed, labels);
  return {
    action: { ...actionOf(deed, test.with, principals), model: test.model ?? null },
    facts: { fingerprint: null, effects: effectsByManifest(deed, flow, labels) ?? reviewed },
    principals,
    stage: test.stage,
    ...(test.budget === undefined ? {} : { budget: test.budget }),
    ...(flow === null ? {} : { flow }),
    ...(test.weights === undefined ? {} : { weights: weightsOf(test.weights) }),
  };
}

/** What the register is to have said of the model. */
function weightsOf(stated: NonNullable<TestCase["weights"]>): ServedModel {
  const { digest = null, manifest = null, risk = null, licence = null, ...said } = stated;
  return { ...said, digest, manifest, risk, licence, isTelling: true, why: null };
}

/** As the gateway has it: of a tool with a manifest in force, what that says it does. */
export function effectsByManifest(
  { verb }: Pick<Deed, "verb">,
  flow: FlowFacts | null,
  labels: TestedLabels,
): readonly [Effect, ...Effect[]] | null {
  return verb === "tools/call" && flow?.labelled === true ? labels.effects(flow.effect) : null;
}

/** As the test says it, else as the manifest in force does. */
function flowOf(test: TestCase, { verb, server, name }: Deed, labels: TestedLabels): FlowFacts | null {
  if (test.flow === undefined) return verb === "tools/call" ? labels.flow(server, name, test.with) : null;
  const { labelled, effect, mandate, tainted, overflowed, asked, readers, carries, ...origins } = test.flow;
  return { labelled, effect, mandate, tainted, overflowed, asked, readers, carries, origins, doubts: [] };
}

function effectsFor(
  deed: Deed,
  tools: readonly ToolShape[],
  { upstreams }: TestFile,
): readonly [Effect, ...Effect[]] | null {
  if (deed.verb === "models/host-tool" || deed.verb === "models/fetch-url") return ["outbound"];
  if (isModelVerb(deed.verb)) return upstreams[deed.server] === "outside" ? ["outbound", "read"] : ["read"];
  if (isWebVerb(deed.verb)) return deed.verb === "http/read" ? ["read"] : ["outbound"];
  if (deed.verb !== "tools/call") return ["read"];
  const tool = tools.find(
    (one) => one.kind === "tool" && one.server === deed.server && one.name === deed.name,
  );
  const [first, ...rest] = tool?.effects.toSorted() ?? [];
  return first === undefined ? null : [first, ...rest];
}

function principalsOf({ agent: name, for: whom }: TestCase, file: TestFile): PrincipalFacts[] {
  const user = whom === undefined ? undefined : file.users[whom];
  const users: PrincipalFacts[] =
    user === undefined || whom === undefined
      ? []
      : [{ type: "User", id: user.id ?? whom, name: whom, groups: user.groups, roles: user.roles }];
  return [...users, agentFacts(name, file.agents[name])];
}

function agentFacts(name: string, agent: TestFile["agents"][string] | undefined): PrincipalFacts {
  const { id = name, granted, reads, writes, owner } = agent ?? NO_AGENT;
  return {
    type: "Agent",
    id,
    name,
    grantedTools: granted,
    readHosts: [...reads, ...writes].map((host) => `web:${host}`),
    writeHosts: writes.map((host) => `web:${host}`),
    owner,
  };
}

const NO_AGENT: TestFile["agents"][string] = { granted: [], reads: [], writes: [], owner: "nobody" };

const ANY_TEXT = (value: unknown): boolean => typeof value === "string";
const SERVER = z.custom<ServerName>(ANY_TEXT);
const AGENT = z.custom<AgentId>(ANY_TEXT);
const USER = z.custom<UserId>(ANY_TEXT);

function actionOf(deed: Deed, values: JsonObject, principals: readonly PrincipalFacts[]): Action {
  const server = SERVER.parse(deed.server);
  const user = principals.find((one) => one.type === "User");
  const agent = principals.find((one) => one.type === "Agent");
  const kind = destinationOf(deed);
  return {
    door: kind === "mcp-server" ? "mcp" : kind === "http-host" ? "http" : "llm",
    verb: deed.verb,
    target: { server, name: deed.name },
    arguments: values,
    destination: { kind, server, identity: digestOf(deed.server) },
    chain: { user: user === undefined ? null : USER.parse(user.id), agents: [AGENT.parse(agent?.id)] },
    agentVersion: null,
    model: null,
  };
}

function destinationOf({ verb, server }: Deed): Destination["kind"] {
  if (isModelVerb(verb)) return "model-upstream";
  if (isWebVerb(verb)) return "http-host";
  return isAgentServer(server) ? "agent" : "mcp-server";
}

function toolsOf(file: TestFile, accepted: readonly ToolShape[]): ToolShape[] {
  const known = new Set(
    accepted.filter((tool) => tool.kind === "tool").map((tool) => toolId(tool.server, tool.name)),
  );
  const described = Object.entries(file.tools).filter(([id]) => !known.has(id));
  return [
    ...accepted,
    ...described.map(([id, tool]): ToolShape => {
      const slash = id.indexOf("/");
      return {
        server: SERVER.parse(id.slice(0, slash)),
        kind: "tool",
        name: id.slice(slash + 1),
        effects: tool.effects,
        inputSchema: schemaOf(tool.arguments),
      };
    }),
  ];
}

/** `{ path: "string", depth: "integer?" }` as the JSON Schema it stands for. */
function schemaOf(words: Readonly<Record<string, string>>): JsonObject {
  const properties = Object.entries(words).map(([name, word]) => {
    const type = word.replace("?", "").replace("list of ", "");
    return [name, word.startsWith("list of ") ? { type: "array", items: { type } } : { type }] as const;
  });
  const required = Object.keys(words).filter((name) => !words[name]?.endsWith("?"));
  return { type: "object", properties: Object.fromEntries(properties), required };
}
