import { Fault } from "#base";
import { CATALOGUE, type Operation } from "#operations";

export const API_PREFIX = "/api/v1";

/**
 * Where an operation is over HTTP, by one rule: `noun.verb` is `/api/v1/noun/verb`, `noun.list` is `/api/v1/noun`.
 * A read is a GET with its input in the query, or a POST where its input is too large for one; a write is a POST.
 */
export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly operation: Operation;
}

export function routeOf(operation: Operation): Route {
  const path = `${API_PREFIX}/${operation.name.replace(/\.list$/, "").replace(".", "/")}`;
  const isGet = operation.effect === "read" && operation.body !== true;
  return { method: isGet ? "GET" : "POST", path, operation };
}

export const ROUTES: readonly Route[] = CATALOGUE.map(routeOf);

const byPath: ReadonlyMap<string, Route> = new Map(ROUTES.map((route) => [route.path, route]));

/** Throws `route_unknown` or `method_not_allowed`. */
export function findRoute(method: string, path: string): Route {
  const route = byPath.get(path);
  if (route === undefined) {
    throw new Fault(
      "route_unknown",
      "there is no such address in the API",
      `GET ${API_PREFIX}/openapi.json lists them all.`,
    );
  }
  if (route.method === method) return route;
  throw new Fault(
    "method_not_allowed",
    `${route.operation.name} is a ${route.method}`,
    `Send ${route.method} ${route.path}.`,
  );
}
