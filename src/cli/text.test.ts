import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { details, growingTable, table } from "./table.ts";
import { cut, inertBlock, inertJson, inertLine, widthOf } from "./text.ts";

const anyText = fc.string({ unit: "binary" });
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe("inert text (T19)", () => {
  test.each([
    ["\u001b[2Jgone", "\\u{1b}[2Jgone"],
    ["a\u202eb", "a\\u{202e}b"],
    ["zero\u200bwidth", "zero\\u{200b}width"],
    ["\u{e0041}tag", "\\u{e0041}tag"],
    ["one\r\ntwo\t", "one\\u{d}\\ntwo\\t"],
    ["\u2028", "\\u{2028}"],
    ["plain ünïcödé 漢字", "plain ünïcödé 漢字"],
  ])("%j is shown as %j", (text, shown) => {
    expect(inertLine(text)).toBe(shown);
  });

  test("no text whatever reaches the terminal with something it obeys", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(inertLine(text)).not.toMatch(OBEYED);
        expect(inertBlock(text).replaceAll(/[\n\t]/g, "")).not.toMatch(OBEYED);
        expect(inertJson({ [text]: text }).replaceAll("\n", "")).not.toMatch(OBEYED);
      }),
    );
  });

  test("JSON stays the same value", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        expect(JSON.parse(inertJson(value))).toEqual(value);
      }),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        expect(JSON.parse(inertJson(text))).toBe(text);
      }),
    );
  });
});

describe("widths", () => {
  test.each([
    ["abc", 3],
    ["漢字", 4],
    ["e\u0301", 1],
    ["😀", 2],
    ["", 0],
  ])("%j takes %i columns", (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });

  test("a cut text fits, and says that it was cut", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (raw, columns) => {
        const text = inertLine(raw);
        const shown = cut(text, columns);
        expect(widthOf(shown)).toBeLessThanOrEqual(columns);
        expect(shown === text || shown.endsWith("…")).toBe(true);
      }),
    );
  });

  test("a narrow table keeps ids whole, cuts the rest, and leaves out what has no room", () => {
    const id = "apr_01m7ysv0kw6s2561ahn6qgkp1y";
    const row = { status: "requested", agent: "a-rather-long-agent-name", id, target: "create_directory" };
    const columns = ["id", "status", "agent", "target"];
    expect(table([row], columns, 70)).toBe(
      `id                              status     agent         target\n${id}  requested  a-rather-lo…  create_direc…`,
    );
    expect(table([row], columns, 45)).toBe(`id                              status\n${id}  requested`);
    expect(table([row], columns, 10)).toBe(`id\n${id}`);
  });

  test("a table has one line per row, whatever is in it", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ a: anyText, b: fc.jsonValue() })), (rows) => {
        expect(table(rows, ["a", "b"], 60).split("\n")).toHaveLength(rows.length + 1);
      }),
    );
  });
});

test("one thing is shown field by field; lists of things below, as tables", () => {
  const part = details({ record: { rules: ["a", "b"], "\u001b[31mred": { deep: [{ x: 1 }] } } });
  expect(part).toBe('\nrecord\nrules          a, b\n\\u{1b}[31mred  {"deep":[{"x":1}]}');
  const shown = details({ id: "x", observeUntil: null, isOn: true, keys: [{ id: "k", n: 1 }], text: "a\nb" });
  expect(shown).toBe(
    "id             x\nobserve until  -\nis on          yes\n\nkeys\nid  n\nk   1\n\ntext\na\nb",
  );
});

test("a thing within the thing has a line for each of its fields where one line would be long", () => {
  const few = details({ prices: { "llama*": "0.05/0.08", "*": "1/3" } });
  expect(few).toBe("prices  llama*: 0.05/0.08, *: 1/3");
  const many = details({
    backtest: { since: "2026-01-01T00:00:00.000Z", actions: 120, note: "x".repeat(60) },
  });
  expect(many).toBe(`\nbacktest\nsince    2026-01-01 00:00:00Z\nactions  120\nnote     ${"x".repeat(60)}`);
});

describe("a table that grows", () => {
  const later = { name: "a name that is longer than any before it", n: 2 };

  test("keeps its columns where they are on a terminal, with room to spare shared out", () => {
    const more = growingTable(["name", "n"], 30);
    expect(more([{ name: "short", n: 1 }])).toBe(`name${" ".repeat(14)}n\nshort${" ".repeat(13)}1`);
    expect(more([later])).toBe("a name that is …  2");
    const narrow = growingTable(["id"], 40);
    narrow([]);
    expect(narrow([{ id: "act_01kexample0000000000000000" }])).toBe("act_01kexample0000000000000000");
  });

  test("cuts nothing in a pipe", () => {
    const more = growingTable(["name", "n"], null);
    more([{ name: "short", n: 1 }]);
    expect(more([later])).toBe("a name that is longer than any before it  2");
  });

  test("prices are read by a person", () => {
    const prices = { "llama*": "0.05/0.08", "*": "1/3" };
    expect(table([{ prices }], ["prices"], null)).toBe("prices\nllama*: 0.05/0.08, *: 1/3");
    expect(table([{ prices: { deep: { er: 1 } } }], ["prices"], null)).toBe('prices\n{"deep":{"er":1}}');
    expect(table([{ prices: {} }], ["prices"], null)).toBe("prices\n-");
  });
});
