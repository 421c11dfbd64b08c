import type { Operation } from "./operation.ts";

export const API_PREFIX = "/api/v1";

/** Where an operation is over HTTP. */
export interface Address {
  readonly method: "GET" | "POST";
  readonly path: string;
}

/**
 * By one rule: `noun.verb` is `/api/v1/noun/verb`, and `noun.list` is `/api/v1/noun`. A read is a GET with its input
 * in the query, or a POST where its input is too large for one; a write is a POST.
 */
export function addressOf(
  operation: Pick<Operation, "name" | "effect"> & { readonly body?: boolean },
): Address {
  const path = `${API_PREFIX}/${operation.name.replace(/\.list$/, "").replace(".", "/")}`;
  const isGet = operation.effect === "read" && operation.body !== true;
  return { method: isGet ? "GET" : "POST", path };
}
