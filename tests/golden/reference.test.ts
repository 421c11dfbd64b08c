import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CATALOGUE, fieldsOf } from "#operations";
import { codesIn, faultCodes } from "../../scripts/fault-codes.ts";
import { references } from "../../scripts/reference.ts";

// Help, OpenAPI, the list of operations and of errors, as they stand in docs/reference. Where one differs on purpose:
// `node scripts/reference.ts`, and read the difference before you commit it.

const written = await references();

test.each(Object.entries(written))("docs/reference/%s is what the product says today", (name, text) => {
  expect(readFileSync(`docs/reference/${name}`, "utf8")).toBe(text);
});

const COMMANDS = new Set(CATALOGUE.map(({ name }) => name.replace(".", " ")));
const LOCAL = [
  "start",
  "login",
  "logout",
  "completion",
  "run",
  "scan",
  "sensor",
  "stop",
  "resume",
  "connect",
  "disconnect",
  "ca",
];

/** Commands of ours that a text tells people to type, which there are not; and options that a command hasn't. */
function wrongCommands(text: string): string[] {
  const told = [...text.matchAll(/`doorward ([a-z][a-z-]*)(?: ([a-z-]+))?([^`]*)`/g)];
  return told.flatMap(([whole, noun = "", verb = "", rest = ""]) => {
    if (LOCAL.includes(noun)) return [];
    const operation = CATALOGUE.find(({ name }) => name === `${noun}.${verb}`);
    if (operation === undefined) return COMMANDS.has(`${noun} ${verb}`) ? [] : [whole];
    const flags = new Set([
      "json",
      "help",
      "dry-run",
      "idempotency-key",
      ...fieldsOf(operation).map(({ name }) => flagOf(name)),
    ]);
    const given = [...(rest.split(" -- ")[0] ?? "").matchAll(/--([a-z-]+)/g)].map(([, flag = ""]) => flag);
    return given.every((flag) => flags.has(flag)) ? [] : [whole];
  });
}

const flagOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe("the list of errors", () => {
  test("names only commands and options that exist", () => {
    expect(
      faultCodes().flatMap(({ code, remedy }) => wrongCommands(remedy).map((wrong) => `${code}: ${wrong}`)),
    ).toEqual([]);
    expect(
      wrongCommands("`doorward agents fly` `doorward agents add x --wings` `doorward agents add x`"),
    ).toEqual(["`doorward agents fly`", "`doorward agents add x --wings`"]);
  });

  test("has a remedy for every code", () => {
    const codes = Map.groupBy(faultCodes(), ({ code }) => code);
    const mute = [...codes]
      .filter(([, uses]) => uses.every(({ remedy }) => remedy === ""))
      .map(([code]) => code);
    expect(mute).toEqual([]);
  });

  test("reads faults, refusals and cases as they are written", () => {
    const source = `
      const REMEDY = "Do it.";
      throw new Fault("e_code", "x", isLate ? "Wait." : \`Ask \${who}.\`);
      throw new Fault("a_code", \`it \${f("x, y")} failed\`, "First, \\"this\\".");
      return new Fault("b_code", message, REMEDY, cause);
      return { kind: "deny", code: "c_code", reason: f({ remedy: "no" }), remedy: \`Ask \${who}.\` };
      case "d_code":
        return { reason: "x", remedy: "Wait." };
      throw new Fault(code, "x", "y");`;
    expect(codesIn(source, "m").map(({ code, remedy }) => `${code}: ${remedy}`)).toEqual([
      "e_code: Wait. / Ask ….",
      'a_code: First, "this".',
      "b_code: Do it.",
      "c_code: Ask ….",
      "d_code: Wait.",
    ]);
  });
});
