import type { EgressRules, NetworkProxy, WebEgress } from "#egress";
import type { WebAnswer, WebRequest, WebRules, WebUpstream } from "#gateway";
import { decodeBody } from "#proxy";

/** The network as the http door asks for it: egress, with answers as they come. */
export function webOf(egress: WebEgress, networkProxy: NetworkProxy | null): WebUpstream {
  const rulesOf = (rules: WebRules): EgressRules => rulesBy(rules, networkProxy);
  return {
    decoded: decodeBody,
    tunnel: (rules, to) => egress.connect(rulesOf(rules), to),
    send: async (rules, request) => {
      const { method, headers, client, signal, body } = request;
      const answer = await egress.request(rulesOf(rules), {
        url: urlOf(request),
        method,
        headers,
        client,
        signal,
        ...(body === null ? {} : { body: body.kind === "whole" ? body.bytes : body }),
      });
      return answerOf(answer);
    },
    socket: async (rules, request) => {
      const { headers, client, signal } = request;
      const came = await egress.openSocket(rulesOf(rules), { url: urlOf(request), headers, client, signal });
      return came.kind === "open" ? came : { kind: "answered", answer: answerOf(came.answer) };
    },
  };
}

type Answer = Awaited<ReturnType<WebEgress["request"]>>;

function answerOf({ status, pairs, chunks, discard }: Answer): WebAnswer {
  return { status, headers: pairs, chunks, discard };
}

/** What was granted as a private place stays one, whatever its name resolves to; no proxy of the network's stands before it. */
function rulesBy({ allowPrivate, answerMs, idleMs }: WebRules, proxy: NetworkProxy | null): EgressRules {
  const bytesMax = Number.MAX_SAFE_INTEGER;
  return {
    allowPrivate,
    onlyPrivate: allowPrivate,
    asItIs: true,
    proxy: allowPrivate ? null : proxy,
    bytesMax,
    timeoutMs: answerMs,
    stream: { idleMs, bytesMax },
  };
}

function urlOf({ origin: { scheme, host, port }, target }: WebRequest): string {
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}${target}`;
}
