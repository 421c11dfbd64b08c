/** What a source file reaches for: every import in any form, and every name it takes from the surrounding world. */
import { LanguageVariant, SyntaxKind } from "typescript/unstable/ast";
import { createScanner } from "typescript/unstable/ast/scanner";

export interface Import {
  /** As written between the quotes, escapes not resolved; `null` when it is not one plain string. */
  readonly specifier: string | null;
  readonly isTypeOnly: boolean;
  /** Names taken, by the name they are exported under; `*` for all of them (namespace, default, dynamic, re-export). */
  readonly names: readonly string[];
}

export interface Token {
  readonly kind: "word" | "string" | "other";
  readonly text: string;
}

/** TypeScript's own lexer, so that comments, regular expressions and templates are read as the compiler reads them. */
export function tokens(source: string): Token[] {
  const scanner = createScanner(true, LanguageVariant.Standard, source);
  const found: Token[] = [];
  const templateDepths: number[] = [];
  let depth = 0;
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    if (isSlash(kind) && startsExpression(found.at(-1))) kind = scanner.reScanSlashToken();
    if (kind === SyntaxKind.OpenBraceToken) depth++;
    if (kind === SyntaxKind.TemplateHead) templateDepths.push(depth);
    if (kind === SyntaxKind.CloseBraceToken && templateDepths.at(-1) === depth) {
      kind = scanner.reScanTemplateToken(false);
      if (kind === SyntaxKind.TemplateTail) templateDepths.pop();
    } else if (kind === SyntaxKind.CloseBraceToken) depth--;
    found.push({
      kind: tokenKind(kind),
      text: textOf(kind, scanner.getTokenText(), scanner.getTokenValue()),
    });
  }
  return found;
}

function isSlash(kind: SyntaxKind): boolean {
  return kind === SyntaxKind.SlashToken || kind === SyntaxKind.SlashEqualsToken;
}

const BEFORE_EXPRESSION = new Set([
  "return",
  "typeof",
  "case",
  "in",
  "of",
  "delete",
  "void",
  "throw",
  "new",
  "else",
  "do",
  "await",
  "yield",
]);

/** Whether a slash after this token begins a regular expression rather than dividing. */
function startsExpression(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "word") return BEFORE_EXPRESSION.has(before.text);
  if (before.kind === "string") return false;
  return /^[^)\]}`0-9]/.test(before.text);
}

function tokenKind(kind: SyntaxKind): Token["kind"] {
  if (kind === SyntaxKind.StringLiteral || kind === SyntaxKind.NoSubstitutionTemplateLiteral) return "string";
  return kind === SyntaxKind.Identifier || kind >= SyntaxKind.FirstKeyword ? "word" : "other";
}

/** A string without its quotes but with its escapes; an identifier as it is meant (`\u0066etch` is `fetch`). */
function textOf(kind: SyntaxKind, text: string, value: string): string {
  if (tokenKind(kind) === "string") return text.slice(1, -1);
  return kind === SyntaxKind.Identifier ? value : text;
}

const END: Token = { kind: "other", text: "" };
const LOADERS = new Set(["import", "require", "getBuiltinModule"]);

export function importsOf(source: string): Import[] {
  const all = tokens(source);
  return all.flatMap((token, at) => (token.kind === "word" ? (importAt(all, at) ?? []) : []));
}

function importAt(all: readonly Token[], at: number): Import | undefined {
  const [{ text: word } = END, next = END, later = END] = all.slice(at, at + 3);
  if (word === "from" && next.kind === "string") return fromClause(all, at, next.text);
  if (word === "import" && next.kind === "string") return whole(next.text);
  if (isLoader(all, at) && next.text === "(") return called(all, at + 2);
  const isResolver = ["require", "meta"].includes(word) && later.text === "resolve";
  return isResolver ? called(all, at + 4) : undefined;
}

/** `keys.import(x)` is somebody's method; `process.getBuiltinModule(x)` is not. */
function isLoader(all: readonly Token[], at: number): boolean {
  const name = all[at]?.text ?? "";
  return LOADERS.has(name) && (name !== "import" || all[at - 1]?.text !== ".");
}

/** `import(x)` and its kin: `x` must be one plain string, or nobody can tell what is loaded. */
function called(all: readonly Token[], at: number): Import {
  const [argument, after] = [all[at], all[at + 1]];
  const isPlain = argument?.kind === "string" && (after?.text === ")" || after?.text === ",");
  return { ...whole(null), specifier: isPlain ? argument.text : null };
}

function whole(specifier: string | null): Import {
  return { specifier, isTypeOnly: false, names: ["*"] };
}

/** Walks back from `from` to its `import` or `export` and reads the names between. */
function fromClause(all: readonly Token[], at: number, specifier: string): Import {
  let start = at;
  while (start > 0 && !["import", "export"].includes(all[start]?.text ?? "")) start--;
  const clause = all.slice(start + 1, at).map((token) => token.text);
  const isTypeOnly = clause[0] === "type" && clause[1] !== ",";
  const open = clause.indexOf("{");
  if (open !== (isTypeOnly ? 1 : 0)) return { specifier, isTypeOnly, names: ["*"] };
  return {
    specifier,
    isTypeOnly,
    names: isTypeOnly ? [] : namesIn(clause.slice(open + 1, clause.lastIndexOf("}"))),
  };
}

function namesIn(clause: readonly string[]): string[] {
  const items = clause
    .join(" ")
    .split(",")
    .map((item) => item.trim());
  const values = items.filter((item) => item !== "" && !/^type (?!as\b)/.test(item));
  return values.map((item) => item.split(" ")[0] ?? item);
}
