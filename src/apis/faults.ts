import { Fault } from "#base";

/** It is no OpenAPI document that Doorward reads. */
export function unreadable(why: string, cause?: unknown): Fault {
  return new Fault(
    "api_unreadable",
    `the document cannot be read as an OpenAPI description: ${why}`,
    "Give an OpenAPI 3.0 or 3.1 (or Swagger 2.0) document as JSON or YAML, and check it with a linter first.",
    cause,
  );
}

/** Named maximum, and what was met. */
export function tooLarge(what: string, remedy: string): Fault {
  return new Fault(
    "api_too_large",
    `the document was refused: ${what}`,
    `${remedy} The limits: docs/formats/apis.md.`,
  );
}

export function referenceRefused(reference: string, why: string): Fault {
  return new Fault(
    "api_reference_refused",
    `the document's reference ${JSON.stringify(reference.slice(0, 200))} was refused: ${why}`,
    "Bundle the document into one file first (`npx @redocly/cli bundle`): Doorward fetches nothing that a document names.",
  );
}

export function serversRefused(why: string, remedy: string): Fault {
  return new Fault(
    "api_server_refused",
    `the API's servers were refused: ${why}`,
    `${remedy} Which servers count: docs/formats/apis.md.`,
  );
}
