import type { Duplex } from "node:stream";
import { Fault } from "#base";
import type { Connected, Origin, ProxiedAnswer } from "#proxy";
import type { Principal } from "../attempt.ts";
import type { Answer, Asker, Attempt, Forward } from "../outside.ts";
import { callerGone } from "../verdicts.ts";
import { authorityOf, originIdentity, webServer } from "./names.ts";
import type { HttpOutside } from "./own.ts";
import { clientLeft, faultAnswer, internalFault, refusalAnswer } from "./problems.ts";
import { attemptFor, governorsOf } from "./read.ts";
import type { Flight } from "./road.ts";
import { rulesOf } from "./sending.ts";

interface Ended {
  readonly sent: number;
  readonly received: number;
  /** Why Doorward ended it; absent: one of its ends did. */
  readonly ended?: { readonly code: string; readonly reason: string };
}

/**
 * A CONNECT: intercepted, so that each request in it is decided; or, to a host that an admin named so, one action whose
 * bytes nobody reads. `flight` lands with the tunnel.
 */
export async function openTunnel(
  own: HttpOutside,
  flight: Flight,
  to: Omit<Origin, "scheme">,
): Promise<Connected> {
  const origin: Origin = { ...to, scheme: "https" };
  const agent = flight.identity.chain.agents.at(-1) ?? "";
  const access = own.reading.accessOf(agent, origin);
  if (!access.isPassedThrough) {
    flight.landed();
    return { kind: "intercept" };
  }
  const attempt = tunnelAttempt(own, own.principal(flight.identity), origin);
  const { promise, resolve, reject } = Promise.withResolvers<Connected>();
  const { signal } = flight;
  const asker: Asker = { signal, isHeard: () => !signal.aborted, waiting: () => {} };
  const forward: Forward = {
    prepare: async (decided, isApproved) => {
      if (signal.aborted) throw callerGone();
      const socket = await own.web.tunnel(rulesOf(own, { access }), to);
      const unfit = (): Fault | null =>
        own.reading.accessOf(agent, origin).isPassedThrough ? null : noLongerPassed(origin);
      const close = own.standing.add({ attempt: decided, isApproved, unfit, end: flight.end });
      return async () => ({ ...(await bytesThrough(socket, { signal, resolve }).finally(close)) });
    },
  };
  const travel = async (): Promise<void> => {
    const answer = await own.road.travel(attempt, asker, forward);
    if (answer.kind === "result") return;
    own.told(attempt, answer);
    resolve({ kind: "answered", answer: refusedAnswer(answer) });
  };
  void travel().catch(reject).finally(flight.landed);
  return promise;
}

function refusedAnswer(answer: Exclude<Answer, { kind: "result" }>): ProxiedAnswer {
  if (answer.kind !== "failed") return refusalAnswer(answer, []);
  return faultAnswer(answer.error instanceof Fault ? answer.error : internalFault(), answer.action, []);
}

function tunnelAttempt({ reading }: HttpOutside, who: Principal, origin: Origin): Attempt {
  const server = webServer(origin);
  const attempt = attemptFor(reading.outside, who, {
    door: "http",
    verb: "http/tunnel",
    target: { server, name: "/" },
    arguments: { method: "CONNECT", url: authorityOf(origin) },
    destination: { kind: "http-host", server, identity: originIdentity(origin) },
    chain: who.identity.chain,
    agentVersion: null,
    model: null,
  });
  return { ...attempt, governors: governorsOf(reading, origin) };
}

interface Handing {
  readonly signal: AbortSignal;
  readonly resolve: (connected: Connected) => void;
}

/** Resolves when the tunnel is over; a cut ends it at once. */
function bytesThrough(socket: Duplex, { signal, resolve }: Handing): Promise<Ended> {
  const { promise, resolve: over } = Promise.withResolvers<Ended>();
  const done = (bytes: Ended): void => over({ ...bytes, ...endedBy(signal) });
  const end = (): void => {
    // Whoever passes bytes through counts them, and hears of the close first; unless it never came to that.
    if (socket.destroyed) done(NOTHING);
    else socket.once("close", () => done(NOTHING)).destroy();
  };
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  resolve({ kind: "tunnel", open: () => Promise.resolve(socket), done });
  return promise.finally(() => signal.removeEventListener("abort", end));
}

const NOTHING: Ended = { sent: 0, received: 0 };

function endedBy(signal: AbortSignal): Pick<Ended, "ended"> {
  const why: unknown = signal.aborted ? signal.reason : null;
  if (!(why instanceof Fault) || why.code === clientLeft().code) return {};
  return { ended: { code: why.code, reason: why.message } };
}

function noLongerPassed(origin: Origin): Fault {
  return new Fault(
    "no_longer_allowed",
    `${authorityOf(origin)} is passed through unread for this agent no longer`,
    "Connect again: what goes through is read then, and decided request by request.",
  );
}
