import { QueryCache, QueryClient, queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { type Answer, look, type Query, type ReadPath } from "./client.ts";
import { isProblem, Problem } from "./problem.ts";

const RETRIES_MAX = 2;

/** `signedOut` is told when Doorward no longer knows who asks. */
export function createQueryClient(signedOut: () => void): QueryClient {
  const queryCache = new QueryCache({
    onError: (cause) => {
      if (isProblem(cause, "not_signed_in")) signedOut();
    },
  });
  return new QueryClient({
    queryCache,
    defaultOptions: {
      queries: { retry, staleTime: 2_000, refetchOnWindowFocus: true, networkMode: "always" },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

/** What Doorward said is said; only what never reached it is tried again. */
function retry(failures: number, cause: Error): boolean {
  return !(cause instanceof Problem) && failures < RETRIES_MAX;
}

/** A reading operation as a query: its key is the address and what was asked, so that pages share what they know. */
export function looking<Path extends ReadPath>(path: Path, query?: Query<Path>) {
  return queryOptions<Answer<Path>>({
    queryKey: [path, query ?? {}],
    queryFn: ({ signal }) => look(path, query, signal),
  });
}

export interface LookOptions {
  /** Asks again this often while the page is looked at. */
  readonly everyMs?: number;
  readonly isEnabled?: boolean;
  /** What was answered is never asked for again. */
  readonly isFixed?: boolean;
}

/** `const { data, error, isPending } = useLook("/agents", { limit: 200 })`. Errors are Problems. */
export function useLook<Path extends ReadPath>(
  path: Path,
  query?: Query<Path>,
  { everyMs, isEnabled = true, isFixed = false }: LookOptions = {},
): UseQueryResult<Answer<Path>> {
  return useQuery({
    ...looking(path, query),
    enabled: isEnabled,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    ...(isFixed ? { staleTime: Infinity } : {}),
  });
}
