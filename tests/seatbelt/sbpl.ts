/**
 * A small reader and judge of Seatbelt profiles, for as much of SBPL as ours uses, so that a profile can be asked questions where no Mac
 * is. Semantics as others measured and wrote them down (unverified here): a rule of a group of operations (`file-write*`) is one of
 * each of its members; a rule without a filter is the default of its operations, wherever it stands, and the narrower operation's comes
 * first; among rules with filters, the last that matches decides.
 */
export type Node = string | Quoted | readonly Node[];
export interface Quoted {
  readonly text: string;
}

export interface Question {
  readonly operation: string;
  readonly path?: string;
  /** Of a network question: `tcp` or `udp` and a host; or a socket's path. */
  readonly remote?: { readonly kind: "tcp" | "udp"; readonly host: string; readonly port: number };
  readonly local?: { readonly kind: "tcp" | "udp"; readonly host: string; readonly port: number };
  readonly socket?: string;
  readonly name?: string;
  readonly target?: "self" | "same-sandbox" | "others";
  readonly extensions?: readonly string[];
}

export interface Rule {
  readonly allows: boolean;
  readonly operations: readonly string[];
  readonly filters: readonly (readonly Node[])[];
}

const TOKEN = /\s+|;[^\n]*|[()]|#"([^"]*)"|"((?:[^"\\]|\\.)*)"|[^\s()"]+/gy;

export function parse(text: string): readonly Node[] {
  const root: Node[] = [];
  const stack: Node[][] = [root];
  let at = 0;
  for (const token of text.matchAll(TOKEN)) {
    at = token.index + token[0].length;
    take(stack, token);
  }
  if (stack.length !== 1 || at !== text.length) throw new Error(`it breaks off at ${at}`);
  return root;
}

function take(stack: Node[][], [whole, raw, quoted]: RegExpMatchArray): void {
  const top = stack.at(-1);
  if (whole === "(") {
    const list: Node[] = [];
    top?.push(list);
    stack.push(list);
  } else if (whole === ")") {
    if (stack.length === 1) throw new Error("a parenthesis too many");
    stack.pop();
  } else if (raw !== undefined) top?.push({ text: raw });
  else if (quoted !== undefined) top?.push({ text: quoted.replaceAll(/\\(.)/g, "$1") });
  else if (!/^(?:\s|;)/.test(whole)) top?.push(whole);
}

export function rulesOf(text: string): readonly Rule[] {
  const [version, ...forms] = parse(text);
  if (JSON.stringify(version) !== '["version","1"]') throw new Error("it does not begin with its version");
  return forms.map((form) => {
    if (!isList(form)) throw new Error("a word by itself");
    const [verb, ...rest] = form;
    if (verb !== "allow" && verb !== "deny") throw new Error(`${JSON.stringify(verb)} is no rule`);
    const operations = rest.filter((one) => typeof one === "string");
    const filters = rest.filter(isList);
    if (operations.length === 0 || operations.length + filters.length !== rest.length)
      throw new Error(`a rule of a form that is not known: ${JSON.stringify(form)}`);
    return { allows: verb === "allow", operations, filters };
  });
}

export interface Profile {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export function allows(profile: Profile, question: Question): boolean {
  const rules = rulesOf(profile.text);
  const filtered = rules.filter(
    ({ operations, filters }) =>
      filters.length > 0 && operations.some((one) => covers(one, question.operation)),
  );
  const last = filtered.findLast(({ filters }) =>
    filters.some((filter) => matches(filter, question, profile.parameters)),
  );
  if (last !== undefined) return last.allows;
  const plain = rules
    .filter(({ filters }) => filters.length === 0)
    .flatMap(({ allows: isAllowed, operations }) => operations.map((operation) => ({ operation, isAllowed })))
    .filter(({ operation }) => covers(operation, question.operation))
    .toSorted((one, other) => one.operation.length - other.operation.length);
  const narrow = plain.findLast(({ operation }) => operation !== "default");
  return (narrow ?? plain.at(-1))?.isAllowed ?? false;
}

function covers(operation: string, asked: string): boolean {
  if (operation === "default" || operation === asked) return true;
  return operation.endsWith("*") && asked.startsWith(operation.slice(0, -1));
}

type Parameters = Profile["parameters"];

interface Of {
  readonly asked: Question;
  readonly rest: readonly Node[];
  readonly parameters: Parameters;
  /** The text of what is asked for. */
  readonly value: () => string;
}

const FILTERS: Readonly<Record<string, (of: Of) => boolean>> = {
  "require-all": ({ rest, asked, parameters }) =>
    rest.every((one) => isList(one) && matches(one, asked, parameters)),
  literal: ({ asked, value }) => asked.path === value(),
  subpath: ({ asked, value }) =>
    asked.path !== undefined && (asked.path === value() || asked.path.startsWith(`${value()}/`)),
  "path-ancestors": ({ asked, value }) =>
    asked.path !== undefined && (asked.path === "/" || value().startsWith(`${asked.path}/`)),
  regex: ({ asked, value }) => asked.path !== undefined && new RegExp(value(), "s").test(asked.path),
  extension: ({ asked, value }) => asked.extensions?.includes(value()) === true,
  target: ({ asked, rest }) => targetIs(rest[0], asked),
  local: (of) => addressIs("local", of),
  remote: (of) => addressIs("remote", of),
  "sysctl-name": ({ asked, value }) => asked.name === value(),
  "global-name": ({ asked, value }) => asked.name === value(),
  "sysctl-name-prefix": ({ asked, value }) => asked.name?.startsWith(value()) === true,
  "xpc-service-name-prefix": ({ asked }) => asked.name?.startsWith("xpc:") === true,
  "ipc-posix-name-regex": ({ asked, value }) =>
    asked.name !== undefined && new RegExp(value()).test(asked.name),
};

function matches([kind, ...rest]: readonly Node[], asked: Question, parameters: Parameters): boolean {
  const filter = typeof kind === "string" ? FILTERS[kind] : undefined;
  if (filter === undefined) throw new Error(`a filter that is not known: ${JSON.stringify(kind)}`);
  return filter({ asked, rest, parameters, value: () => stringOf(rest[0], parameters) });
}

function targetIs(target: Node | undefined, asked: Question): boolean {
  if (target === "others") return asked.target === "others" || asked.target === "same-sandbox";
  return target === "same-sandbox" && (asked.target === "self" || asked.target === "same-sandbox");
}

/** Measured by others: `localhost` stands for every address of this machine. */
const OWN_ADDRESSES = ["127.0.0.1", "::1", "0.0.0.0", "own"];

function addressIs(side: "local" | "remote", { rest: [kind, what], asked, parameters }: Of): boolean {
  if (kind === "unix-socket") {
    const { socket } = asked;
    return socket !== undefined && isList(what) && matches(what, { ...asked, path: socket }, parameters);
  }
  const [, host, port] = /^(\*|localhost):(\*|[1-9]\d{0,4})$/.exec(stringOf(what, parameters)) ?? [];
  if (host === undefined) throw new Error("an address that Seatbelt does not take");
  const address = asked[side];
  if (address === undefined || (kind !== "ip" && address.kind !== kind)) return false;
  const isHost = host === "*" || OWN_ADDRESSES.includes(address.host);
  return isHost && (port === "*" || Number(port) === address.port);
}

function isList(node: Node | undefined): node is readonly Node[] {
  return Array.isArray(node);
}

function isQuoted(node: Node | undefined): node is Quoted {
  return typeof node === "object" && !isList(node);
}

function stringOf(node: Node | undefined, parameters: Parameters): string {
  if (isQuoted(node)) return node.text;
  const [word, name] = isList(node) ? node : [];
  const text = word === "param" ? parameters[stringOf(name, parameters)] : undefined;
  if (text === undefined) throw new Error(`no text: ${JSON.stringify(node)}`);
  return text;
}
