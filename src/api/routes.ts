import { Fault } from "#base";
import { addressOf, API_PREFIX, CATALOGUE, isFollowable, type Operation } from "#operations";

/** An operation and where it is (see `addressOf`). */
export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly operation: Operation;
}

export const ROUTES: readonly Route[] = CATALOGUE.map((operation) => ({
  ...addressOf(operation),
  operation,
}));

const byPath: ReadonlyMap<string, Route> = new Map(ROUTES.map((route) => [route.path, route]));

/** Whether what is there goes on as it happens, for those who ask for events. */
export function isFollowed(path: string): boolean {
  const operation = byPath.get(path)?.operation;
  return operation !== undefined && isFollowable(operation);
}

/** The one method that an address takes, for the header Allow; null where there is no such address. */
export function methodAt(path: string): "GET" | "POST" | null {
  return byPath.get(path)?.method ?? null;
}

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
