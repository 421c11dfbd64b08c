import { readApi } from "#apis";
import { Fault } from "#base";
import type { ApiDocuments } from "#operations";
import { PETSTORE_YAML } from "../samples/petstore.ts";

/** Where the fake network has the Petstore's document. */
export const PETSTORE_URL = "https://petstore.swagger.io/v2/openapi.yaml";

/** Documents by their URLs, read here. */
export function fakeDocuments(
  pages: Readonly<Record<string, string>> = { [PETSTORE_URL]: PETSTORE_YAML },
): ApiDocuments {
  return {
    fetch: async (url) => {
      const text = pages[url];
      if (text === undefined) throw new Fault("api_unreachable", `${url} answered 404`, "Look elsewhere.");
      return new TextEncoder().encode(text);
    },
    read: async (bytes, reading) => readApi(bytes, reading),
    isPrivate: (host) => host === "localhost" || host.startsWith("10.") || host.startsWith("127."),
  };
}
