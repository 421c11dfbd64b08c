import { onTestFinished } from "vitest";
import { createEgress, type EgressRules } from "#egress";
import type { ProxyRoad } from "#proxy";

export const FORWARD_RULES: EgressRules = {
  allowPrivate: true,
  bytesMax: Number.MAX_SAFE_INTEGER,
  timeoutMs: 10_000,
  stream: { idleMs: 10_000, bytesMax: Number.MAX_SAFE_INTEGER },
  asItIs: true,
};

/** A road that allows everything, and forwards it over egress: what the proxy and egress do together, without the decisions. */
export function forwardingRoad(
  authorities: readonly string[] = [],
): Omit<ProxyRoad<string>, "identify" | "nameOf" | "refused"> {
  const egress = createEgress({ ownAddresses: () => [], authorities });
  onTestFinished(() => egress.close());
  return {
    connect: async () => ({ kind: "intercept" }),
    request: async (_who, { origin, method, path, query, headers, body, signal }) => {
      const url = urlOf(origin, path, query);
      const answer = await egress.request(FORWARD_RULES, {
        url,
        method,
        headers,
        signal,
        ...(body && { body }),
      });
      return { status: answer.status, headers: answer.pairs, body: answer.chunks() };
    },
    socket: async (_who, { origin, path, query, headers, signal }) => {
      const asked = await egress.openSocket(FORWARD_RULES, {
        url: urlOf(origin, path, query),
        headers,
        signal,
      });
      if (asked.kind === "open") return asked;
      const { status, pairs, chunks } = asked.answer;
      return { kind: "answered", answer: { status, headers: pairs, body: chunks() } };
    },
  };
}

function urlOf(
  { scheme, host, port }: { scheme: string; host: string; port: number },
  path: string,
  query: string | null,
) {
  const name = host.includes(":") ? `[${host}]` : host;
  return `${scheme}://${name}:${port}${path}${query === null ? "" : `?${query}`}`;
}
