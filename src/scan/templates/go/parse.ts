import { type Expr, literal, name, type ParseOutcome, type Stmt } from "../ast.ts";
import { TEMPLATE_CHARACTERS_MAX } from "../bounds.ts";
import { type Piece, piecesOf, type Token, Unfit } from "./lex.ts";
import { isMark, pipeline, type Reader, readerOf } from "./pipeline.ts";

const DEPTH_MAX = 100;

/**
 * Reads a template of Go's `text/template`, as Ollama's layers hold them, without rendering anything of it. After the package's
 * documentation (pkg.go.dev/text/template, "Actions", "Pipelines") and template/template.go of ollama/ollama fb307609 (2026-08-21).
 */
export function parseGo(text: string): ParseOutcome {
  if (text.length > TEMPLATE_CHARACTERS_MAX)
    return { ok: false, what: `it has more than ${TEMPLATE_CHARACTERS_MAX} characters` };
  try {
    const cursor: Cursor = { pieces: piecesOf(text), at: 0, depth: 0 };
    const body = list(cursor);
    if (cursor.at < cursor.pieces.length) return { ok: false, what: "it has an end, or an else, of nothing" };
    return { ok: true, parsed: { dialect: "go", body } };
  } catch (cause) {
    if (cause instanceof Unfit) return { ok: false, what: cause.message };
    if (cause instanceof RangeError) return { ok: false, what: "it nests too deep" };
    throw cause;
  }
}

interface Cursor {
  readonly pieces: readonly Piece[];
  at: number;
  depth: number;
}

function wordOf(piece: Piece | undefined): string {
  const first = piece?.is === "action" ? piece.tokens[0] : undefined;
  return first?.is === "word" ? first.value : "";
}

/** Statements up to an `end` or `else`, which stays to be read. */
function list(cursor: Cursor): readonly Stmt[] {
  cursor.depth += 1;
  if (cursor.depth > DEPTH_MAX) throw new Unfit(`it nests deeper than ${DEPTH_MAX}`);
  const stmts: Stmt[] = [];
  for (;;) {
    const piece = cursor.pieces[cursor.at];
    if (piece === undefined || ["end", "else"].includes(wordOf(piece))) break;
    cursor.at += 1;
    if (piece.is === "text") stmts.push({ is: "text", text: piece.text });
    else stmts.push(...action(cursor, piece.tokens));
  }
  cursor.depth -= 1;
  return stmts;
}

function action(cursor: Cursor, tokens: readonly Token[]): readonly Stmt[] {
  const [first] = tokens;
  const word = first?.is === "word" ? first.value : "";
  const make = Object.hasOwn(BLOCKS, word) ? BLOCKS[word] : undefined;
  return make === undefined ? simple(readerOf(tokens)) : make(cursor, readerOf(tokens, 1));
}

const BLOCKS: Readonly<Record<string, (cursor: Cursor, reader: Reader) => readonly Stmt[]>> = {
  if: (cursor, reader) => [...declared(reader, (test) => ifOf(cursor, test))],
  with: (cursor, reader) => [
    ...declared(reader, (over) => loopOf(cursor, { targets: ["."], over, isWhole: true })),
  ],
  range: rangeOf,
  define: (cursor, reader) => [defineOf(cursor, nameIn(reader))],
  template: (_, reader) => [callOf(nameIn(reader), argumentIn(reader))],
  block: (cursor, reader) => {
    const called = nameIn(reader);
    const given = argumentIn(reader);
    return [defineOf(cursor, called), callOf(called, given)];
  },
  break: () => [{ is: "leave", how: "break" }],
  continue: () => [{ is: "leave", how: "continue" }],
};

/** `$x := pipeline`, `$x = pipeline`, or a value that is written. */
function simple(reader: Reader): readonly Stmt[] {
  const target = targetIn(reader);
  const value = pipeline(reader);
  if (reader.at < reader.tokens.length) throw new Unfit("an action goes on behind its value");
  if (target !== null) return [{ is: "set", target: name(target), value, body: [] }];
  if (value.is === "literal" && typeof value.value === "string") return [{ is: "text", text: value.value }];
  return [{ is: "emit", value }];
}

function targetIn(reader: Reader): string | null {
  const first = reader.tokens[reader.at];
  if (first?.is !== "variable" || !(isMark(reader, ":=", 1) || isMark(reader, "=", 1))) return null;
  reader.at += 2;
  return first.value;
}

/** A condition may name what it asks: `if $x := ...`. */
function declared(reader: Reader, make: (value: Expr) => Stmt): readonly Stmt[] {
  const target = targetIn(reader);
  const value = pipeline(reader);
  const set: Stmt[] = target === null ? [] : [{ is: "set", target: name(target), value, body: [] }];
  return [...set, make(value)];
}

function ifOf(cursor: Cursor, test: Expr): Stmt {
  const body = list(cursor);
  return { is: "if", test, body, otherwise: otherwiseOf(cursor) };
}

/** `else`, `else if`, `else with`, up to the `end`, which is read. */
function otherwiseOf(cursor: Cursor): readonly Stmt[] {
  const piece = cursor.pieces[cursor.at];
  cursor.at += 1;
  if (piece === undefined) throw new Unfit("a block is not closed");
  if (piece.is !== "action" || wordOf(piece) === "end") return [];
  const next = piece.tokens[1];
  if (next?.is === "word" && (next.value === "if" || next.value === "with")) {
    const make = BLOCKS[next.value];
    cursor.depth += 1;
    const nested = make === undefined ? [] : make(cursor, readerOf(piece.tokens, 2));
    cursor.depth -= 1;
    return nested;
  }
  const body = list(cursor);
  if (wordOf(cursor.pieces[cursor.at]) !== "end") throw new Unfit("a block is not closed");
  cursor.at += 1;
  return body;
}

type LoopHead = Pick<Extract<Stmt, { readonly is: "for" }>, "targets" | "over" | "index" | "isWhole">;

function loopOf(cursor: Cursor, head: LoopHead): Stmt {
  const body = list(cursor);
  return { is: "for", ...head, body, otherwise: otherwiseOf(cursor) };
}

/** `range pipeline`, `range $item := pipeline`, `range $index, $item := pipeline`. */
function rangeOf(cursor: Cursor, reader: Reader): readonly Stmt[] {
  const [first, second] = variablesIn(reader);
  const over = pipeline(reader);
  if (first === undefined) return [loopOf(cursor, { targets: ["."], over })];
  if (second === undefined) return [loopOf(cursor, { targets: [".", first], over })];
  return [loopOf(cursor, { targets: [".", second], over, index: first })];
}

/** None where the pipeline itself starts with a variable. */
function variablesIn(reader: Reader): readonly string[] {
  const names: string[] = [];
  let at = reader.at;
  for (; names.length < 2; at += 1) {
    const token = reader.tokens[at];
    if (token?.is !== "variable") break;
    names.push(token.value);
    if (isMark(readerOf(reader.tokens, at), ",", 1)) at += 1;
  }
  const after = readerOf(reader.tokens, at);
  if (names.length === 0 || !(isMark(after, ":=") || isMark(after, "="))) return [];
  reader.at = at + 1;
  return names;
}

function nameIn(reader: Reader): string {
  const token = reader.tokens[reader.at];
  if (token?.is !== "text") throw new Unfit("a template within lacks its name");
  reader.at += 1;
  return `define ${token.value}`;
}

function argumentIn(reader: Reader): Expr {
  return reader.at < reader.tokens.length ? pipeline(reader) : literal(null);
}

function defineOf(cursor: Cursor, called: string): Stmt {
  const body = list(cursor);
  if (wordOf(cursor.pieces[cursor.at]) !== "end") throw new Unfit("a block is not closed");
  cursor.at += 1;
  return { is: "macro", name: called, params: [{ name: ".", value: null }], body };
}

function callOf(called: string, given: Expr): Stmt {
  return { is: "emit", value: { is: "call", callee: name(called), args: [given], named: [] } };
}
