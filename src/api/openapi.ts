import { z } from "zod";
import { fieldsOf, inputSchema, isFollowable, type Operation, outputSchema } from "#operations";
import { ROUTES, type Route } from "./routes.ts";

type Part = Record<string, unknown>;

/** OpenAPI 3.1 of the whole API, derived from the catalogue. */
export function openApi(version: string): Part {
  const paths = Object.fromEntries(
    ROUTES.map((route) => [route.path, { [route.method.toLowerCase()]: describe(route) }]),
  );
  return {
    openapi: "3.1.0",
    info: {
      title: "Doorward",
      version,
      description:
        "Operations of Doorward. Reads are GETs with their input in the query; writes are POSTs with JSON, take " +
        "Idempotency-Key, and ?dry-run to be checked and not made. Lists answer {items, next}: give next as after.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    tags: [...new Set(ROUTES.map(({ operation }) => nounOf(operation)))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "A user's token, dwu_…; agents' keys are refused.",
        },
      },
      schemas: { Problem: problemSchema(), DryRun: dryRunSchema() },
      responses: {
        Problem: {
          description: "What went wrong, and what to do about it (RFC 9457)",
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
    },
  };
}

function describe(route: Route): Part {
  const { operation } = route;
  const isWrite = operation.effect !== "read";
  const body = { required: true, content: { "application/json": { schema: inputSchema(operation) } } };
  return {
    operationId: operation.name,
    summary: operation.summary,
    tags: [nounOf(operation)],
    ...(route.method === "GET"
      ? { parameters: [...queryParameters(operation), ...followParameters(operation)] }
      : { requestBody: body }),
    ...(isWrite ? { parameters: writeParameters() } : {}),
    "x-permission": operation.permission,
    "x-effect": operation.effect,
    ...(isWrite && operation.presence === true ? { "x-presence": true } : {}),
    responses: {
      "200": {
        description: "Done",
        content: { "application/json": { schema: answerSchema(operation) }, ...followContent(operation) },
      },
      default: { $ref: "#/components/responses/Problem" },
    },
  };
}

function answerSchema(operation: Operation): Part {
  const output = outputSchema(operation);
  return operation.effect === "read" ? output : { anyOf: [output, { $ref: "#/components/schemas/DryRun" }] };
}

function queryParameters(operation: Operation): Part[] {
  const schema = inputSchema(operation);
  const properties = z.record(z.string(), z.unknown()).parse(schema["properties"] ?? {});
  return fieldsOf(operation).map((field) => ({
    name: field.name,
    in: "query",
    required: field.required,
    ...(field.description === "" ? {} : { description: field.description }),
    schema: properties[field.name],
  }));
}

function followParameters(operation: Operation): Part[] {
  if (!isFollowable(operation)) return [];
  const description = "Of a stream that was cut: the id of its last event. Goes before `after`.";
  return [{ name: "Last-Event-ID", in: "header", description, schema: { type: "string" } }];
}

/** What `Accept: text/event-stream` gets. OpenAPI 3.1 has no words for the events themselves. */
function followContent(operation: Operation): Part {
  if (!isFollowable(operation)) return {};
  const description =
    "Goes on as it happens. Each event `item` has one of the answer's items as data, and its ledger index as id; an " +
    "event without data only moves the id. The last one is `resume` with {after}: come back from there; or `problem`.";
  return { "text/event-stream": { schema: { type: "string", description } } };
}

function writeParameters(): Part[] {
  return [
    {
      name: "Idempotency-Key",
      in: "header",
      description:
        "The same key with the same input gets the same answer, and nothing is done twice (24 hours)",
      schema: { type: "string", minLength: 1, maxLength: 200 },
    },
    {
      name: "dry-run",
      in: "query",
      description: "Check everything and change nothing",
      schema: { type: "boolean", default: false },
    },
  ];
}

function problemSchema(): Part {
  const text = { type: "string" };
  return {
    type: "object",
    required: ["type", "title", "status", "detail", "code", "remedy"],
    properties: {
      type: text,
      title: text,
      status: { type: "integer" },
      detail: text,
      code: text,
      remedy: text,
    },
  };
}

function dryRunSchema(): Part {
  return {
    type: "object",
    required: ["dryRun", "would"],
    properties: {
      dryRun: { const: true },
      would: { type: "string", description: "What it would have done" },
    },
  };
}

function nounOf(operation: Operation): string {
  return operation.name.split(".")[0] ?? operation.name;
}
