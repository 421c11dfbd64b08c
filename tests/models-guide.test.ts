import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KINDS, UPSTREAM_KINDS } from "#inference";
import { fieldsOf, operationNamed } from "#operations";

const page = readFileSync("docs/guide/models.md", "utf8");

test("every command of the guide is one, with options that it has", () => {
  const lines = page.split("\n").filter((line) => line.startsWith("$ doorward "));
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) {
    const [, , noun, verb, ...rest] = line.split(" ");
    const names = fieldsOf(operationNamed(`${noun}.${verb}`)).map(({ name }) =>
      name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    );
    const flags = rest.filter((word) => word.startsWith("--")).map((word) => word.slice(2));
    expect({ line, unknown: flags.filter((flag) => !names.includes(flag)) }).toEqual({ line, unknown: [] });
  }
});

test("the table of kinds is the one that is used", () => {
  const rows = [...page.matchAll(/^\| `([a-z.-]+)` \| (.+?) \| (.+?) \|$/gm)].map(([, kind, at, speaks]) => ({
    kind,
    url: at?.startsWith("`") === true ? at.slice(1, -1) : null,
    protocols: [...(speaks ?? "").matchAll(/`([^`]+)`/g)].map(([, protocol]) => protocol),
  }));
  expect(rows).toEqual(
    UPSTREAM_KINDS.map((kind) => ({ kind, url: KINDS[kind].url, protocols: [...KINDS[kind].protocols] })),
  );
});
