import type { Expr, Stmt } from "./ast.ts";

/** One statement as a line: what it does, whatever its spaces, quotes and line ends were. */
export interface Line {
  readonly text: string;
  /** How many blocks it stands in. */
  readonly depth: number;
}

const quoted = (text: string): string => JSON.stringify(text.replaceAll(/\s+/gu, " "));

/** The statements of a template as lines, in their order; texts next to one another are one, comments are none. */
export function linesOf(stmts: readonly Stmt[], depth = 0): readonly Line[] {
  const lines: Line[] = [];
  let text = "";
  const put = (said: string): void => void lines.push({ text: said, depth });
  const flush = (): void => {
    if (text.trim() !== "") put(`text ${quoted(text.trim())}`);
    text = "";
  };
  for (const stmt of stmts) {
    if (stmt.is === "comment") continue;
    if (stmt.is === "text") text += stmt.text;
    else {
      flush();
      lines.push(...stmtLines(stmt, depth));
    }
  }
  flush();
  return lines;
}

type Other = Exclude<Stmt, { readonly is: "text" | "comment" }>;

function stmtLines(stmt: Other, depth: number): readonly Line[] {
  const inside = (stmts: readonly Stmt[]): readonly Line[] => linesOf(stmts, depth + 1);
  const line = (text: string): Line => ({ text, depth });
  if (stmt.is === "emit") return [line(`write ${written(stmt.value)}`)];
  if (stmt.is === "leave") return [line(stmt.how)];
  if (stmt.is === "if" || stmt.is === "for") {
    const head =
      stmt.is === "if"
        ? `if ${written(stmt.test)}`
        : `for ${stmt.targets.join(", ")} in ${written(stmt.over)}`;
    const other = stmt.otherwise.length === 0 ? [] : [line("else"), ...inside(stmt.otherwise)];
    return [line(head), ...inside(stmt.body), ...other];
  }
  return [line(headOf(stmt)), ...inside(stmt.body)];
}

function headOf(stmt: Exclude<Other, { readonly is: "emit" | "leave" | "if" | "for" }>): string {
  if (stmt.is === "set")
    return `set ${written(stmt.target)}${stmt.value === null ? "" : ` = ${written(stmt.value)}`}`;
  if (stmt.is === "macro") return `macro ${stmt.name}(${stmt.params.map(({ name }) => name).join(", ")})`;
  return stmt.is === "call" ? `call ${written(stmt.call)}` : `filter ${written(stmt.filter)}`;
}

const list = (all: readonly Expr[]): string => all.map(written).join(", ");

/** An expression, each part in brackets where it has parts of its own. */
function written(expr: Expr): string {
  if (expr.is === "literal") return typeof expr.value === "string" ? quoted(expr.value) : String(expr.value);
  if (expr.is === "name") return expr.name;
  if (expr.is === "member") return `${written(expr.of)}[${written(expr.key)}]`;
  if (expr.is === "slice") return `${written(expr.of)}[${expr.bounds.map(written).join(":")}]`;
  if (expr.is === "call") return `${written(expr.callee)}(${list(expr.args)}${namedOf(expr.named)})`;
  if (expr.is === "filter")
    return `(${written(expr.of)} | ${expr.name}(${list(expr.args)}${namedOf(expr.named)}))`;
  return expr.is === "test" ? `(${written(expr.of)} is ${expr.name})` : operated(expr);
}

type Operated = Extract<Expr, { readonly is: "binary" | "unary" | "choice" | "list" | "map" }>;

function operated(expr: Operated): string {
  if (expr.is === "binary") return `(${written(expr.left)} ${expr.op} ${written(expr.right)})`;
  if (expr.is === "unary") return `(${expr.op} ${written(expr.of)})`;
  if (expr.is === "list") return `[${list(expr.items)}]`;
  if (expr.is === "map")
    return `{${expr.entries.map(({ key, value }) => `${written(key)}: ${written(value)}`).join(", ")}}`;
  const other = expr.no === null ? "" : ` else ${written(expr.no)}`;
  return `(${written(expr.yes)} if ${written(expr.test)}${other})`;
}

function namedOf(named: readonly { readonly name: string; readonly value: Expr }[]): string {
  return named.map(({ name, value }) => `, ${name}=${written(value)}`).join("");
}
