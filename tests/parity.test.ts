import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openApi, ROUTES } from "#api";
import { EXIT, runCli, type Terminal } from "#cli";
import { ROLE_RIGHTS } from "#identity";
import { toolName, toolOf } from "#mcp";
import { CATALOGUE, fieldsOf, isFollowable, type Operation, outputSchema } from "#operations";

// Every operation is on every face, and says the same on each: what is missing from one fails here.

const all = CATALOGUE.map((operation): [string, Operation] => [operation.name, operation]);
const description = z
  .object({ paths: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))) })
  .parse(openApi("0"));

/** What `doorward ARGS` prints, and how it ends; nothing listens anywhere. */
async function doorward(...args: string[]): Promise<{ text: string; code: number }> {
  let text = "";
  const add = (more: string): void => void (text += more);
  const terminal: Terminal = {
    out: add,
    error: add,
    width: null,
    ask: null,
    secret: null,
    stdin: async () => "",
  };
  const nowhere = (async () => Promise.reject(new TypeError("nothing listens"))) as typeof fetch;
  const code = await runCli(args, {
    version: "0",
    environment: {},
    directory: "/nonexistent",
    terminal,
    fetch: nowhere,
    local: [],
  });
  return { text, code };
}

test("names are unique and well formed", () => {
  const names = all.map(([name]) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
});

describe.each(all)("%s", (name, operation) => {
  test("is described for people: a summary, and every field of its input", () => {
    expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
    for (const field of fieldsOf(operation))
      expect(field, `${name} ${field.name}`).toMatchObject({ description: expect.stringMatching(/./) });
  });

  test("has a permission that some role gives", () => {
    expect(Object.values(ROLE_RIGHTS).some((rights) => rights[operation.permission] !== undefined)).toBe(
      true,
    );
  });

  test("refuses unknown fields", () => {
    const result = operation.input.safeParse({ noSuchField: 1 });
    expect(JSON.stringify(result.error?.issues)).toContain("noSuchField");
  });

  test("answers an object, whose columns exist", () => {
    const schema = z
      .object({ type: z.literal("object"), properties: z.record(z.string(), z.unknown()) })
      .parse(outputSchema(operation));
    const items = z
      .object({ items: z.object({ properties: z.record(z.string(), z.unknown()) }) })
      .safeParse(schema.properties["items"]);
    const fields = Object.keys(items.success ? items.data.items.properties : schema.properties);
    const named = [...(operation.columns ?? []), ...(operation.raw === undefined ? [] : [operation.raw])];
    expect(named.filter((column) => !fields.includes(column))).toEqual([]);
  });

  test("is on HTTP and in OpenAPI", () => {
    const route = ROUTES.find((one) => one.operation === operation);
    expect(route?.method).toBe(operation.effect === "read" && operation.body !== true ? "GET" : "POST");
    const described = description.paths[route?.path ?? ""]?.[route?.method.toLowerCase() ?? ""];
    expect(described).toMatchObject({
      operationId: name,
      summary: operation.summary,
      "x-permission": operation.permission,
    });
    const text = JSON.stringify(described);
    for (const field of fieldsOf(operation)) expect(text).toContain(JSON.stringify(field.name));
    expect(text.includes("text/event-stream") && text.includes("Last-Event-ID")).toBe(
      isFollowable(operation),
    );
    expect(text.includes("Idempotency-Key") && text.includes("dry-run")).toBe(operation.effect !== "read");
  });

  test("is an MCP tool, with hints that follow from its effect", () => {
    const tool = toolOf(operation);
    expect(toolName(operation)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(tool).toMatchObject({
      name: toolName(operation),
      annotations: {
        readOnlyHint: operation.effect === "read",
        destructiveHint: operation.effect === "destructive",
      },
    });
    expect(JSON.stringify(tool["inputSchema"]).includes('"dryRun"')).toBe(operation.effect !== "read");
  });

  test("is on the command line, with every field as argument or option", async () => {
    const { text: help, code } = await doorward(...name.split("."), "--help");
    const text = help.replaceAll(/\s+/g, " ");
    expect(code).toBe(EXIT.ok);
    expect(text).toContain(operation.summary);
    for (const field of fieldsOf(operation)) {
      const isPositional = operation.positional?.includes(field.name) === true;
      const flag = field.name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      expect(text).toMatch(
        isPositional ? new RegExp(`[<[](${field.name}(\\.\\.\\.)?|file)[>\\]]`) : new RegExp(`--${flag}\\b`),
      );
    }
    expect(text.includes("--follow")).toBe(isFollowable(operation));
    expect(text.includes("--dry-run")).toBe(operation.effect !== "read");
  });

  test("is in the shells' completion and under a noun of the first help", async () => {
    const [noun = "", verb = ""] = name.split(".");
    expect((await doorward("--help")).text).toMatch(new RegExp(`^ {2}${noun} `, "m"));
    for (const shell of ["bash", "zsh", "fish"]) {
      const { text } = await doorward("completion", shell);
      expect(text).toContain(noun);
      expect(text).toMatch(new RegExp(`[" ]${verb}["; ]`));
    }
  });
});

test("tool names do not collide", () => {
  expect(new Set(CATALOGUE.map(toolName)).size).toBe(CATALOGUE.length);
});
