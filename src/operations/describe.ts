import { z } from "zod";
import { Fault } from "#base";
import type { Operation } from "./operation.ts";

/** One input field as the faces need it: options of the command line, parameters of a query, rows of the reference. */
export interface Field {
  readonly name: string;
  readonly kind: "text" | "integer" | "boolean" | "list" | "record" | "json";
  readonly required: boolean;
  readonly description: string;
  /** The values it may have (of a list: its items), where they are few. */
  readonly choices: readonly string[] | null;
  readonly fallback: unknown;
  /** Long text: the command line takes a file's name. */
  readonly file: boolean;
  /** Such a text, or the URL that it is to be fetched from: the command line gives a URL as it is. */
  readonly url: boolean;
  /** The command line takes a file's name, or `env:NAME`, and never the value itself. */
  readonly secret: boolean;
}

interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: boolean | Shape;
  readonly required?: readonly string[];
  readonly "x-file"?: boolean;
  readonly "x-url"?: boolean;
  readonly writeOnly?: boolean;
}

const shape = z.custom<Shape>((value) => typeof value === "object" && value !== null);

/** JSON Schema (2020-12) of what a caller sends. */
export function inputSchema(operation: Operation): Record<string, unknown> {
  return withoutDialect(z.toJSONSchema(operation.input, { io: "input" }));
}

/** JSON Schema (2020-12) of the answer. */
export function outputSchema(operation: Operation): Record<string, unknown> {
  return withoutDialect(z.toJSONSchema(operation.output, { io: "output" }));
}

function withoutDialect(schema: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "$schema"));
}

export function fieldsOf(operation: Operation): Field[] {
  const schema = shape.parse(inputSchema(operation));
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    kind: kindOf(property),
    required: required.has(name),
    description: property.description ?? "",
    choices: choicesOf(property),
    fallback: property.default,
    file: property["x-file"] === true,
    url: property["x-url"] === true,
    secret: property.writeOnly === true,
  }));
}

function kindOf({ type, additionalProperties }: Shape): Field["kind"] {
  if (type === "integer" || type === "boolean") return type;
  if (type === "array") return "list";
  if (type !== "object") return "text";
  return typeof additionalProperties === "object" && additionalProperties.type === "string"
    ? "record"
    : "json";
}

function choicesOf(property: Shape): string[] | null {
  const values = property.enum ?? property.items?.enum;
  return values === undefined ? null : values.map(String);
}

/**
 * A field's value from texts, as a query string or a command line gives it; the schema judges it afterwards.
 * Throws `input_invalid` for what is no value of its kind.
 */
export function valueOf(field: Field, texts: readonly string[]): unknown {
  if (field.kind === "list") return texts;
  if (field.kind === "record") return Object.fromEntries(texts.map((text) => pairOf(field, text)));
  const [text = "", ...more] = texts;
  if (more.length > 0) throw invalid(field, "was given more than once");
  if (field.kind === "integer")
    return /^-?\d{1,15}$/.test(text) ? Number(text) : fail(field, "is not a whole number");
  if (field.kind === "boolean") return booleanOf(field, text);
  return field.kind === "json" ? jsonOf(field, text) : text;
}

function booleanOf(field: Field, text: string): boolean {
  if (text === "true" || text === "") return true;
  return text === "false" ? false : fail(field, "is neither true nor false");
}

function pairOf(field: Field, text: string): [string, string] {
  const at = text.indexOf("=");
  return at > 0 ? [text.slice(0, at), text.slice(at + 1)] : fail(field, "is not NAME=VALUE");
}

function jsonOf(field: Field, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(field, "is not JSON", cause);
  }
}

function fail(field: Field, how: string): never {
  throw invalid(field, how);
}

function invalid(field: Field, how: string, cause?: unknown): Fault {
  return new Fault(
    "input_invalid",
    `${field.name} ${how}`,
    "Look at the operation's help or openapi.json.",
    cause,
  );
}
