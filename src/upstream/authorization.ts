import { createHash, timingSafeEqual } from "node:crypto";
import { type Ambient, Fault } from "#base";
import type { Cell } from "./cell.ts";
import { AUTHORIZATION_MS_MAX, LINK_MS, VERIFIERS_MAX } from "./limits.ts";

/** What must be known when the person comes back: sealed, so that a restart meanwhile does no harm. */
export interface Authorization {
  /** `<server>.<random>`: names the server to whoever takes the answer, and belongs to this one link. */
  readonly state: string;
  /** PKCE, RFC 7636. */
  readonly verifier: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/** One person's way to the authorization server and back: one link at a time, its answer taken once. */
export interface Journey {
  readonly makeState: () => string;
  readonly keepVerifier: (verifier: string) => void;
  /** Offers a link that was made with both. While an earlier one is fresh, that one stays: a person may hold it. */
  readonly offer: (url: URL) => Promise<void>;
  readonly pendingUrl: () => URL | null;
  /**
   * Whether `state` is that of the link under way, compared in constant time. True is answered once: what came with
   * it may be used, and the link is spent, whatever comes of it.
   */
  readonly take: (state: string | null) => Promise<boolean>;
  /** The verifier of the link that was taken. */
  readonly verifier: () => string;
  readonly end: () => void;
}

export function createJourney(
  server: string,
  cell: Cell<Authorization>,
  ambient: Pick<Ambient, "now" | "random">,
): Journey {
  const verifiers = new Map<string, string>();
  let open: Authorization | null = null;
  let pending: URL | null = null;
  let taken: string | null = null;
  const age = ({ startedAt }: Authorization): number => Math.abs(ambient.now() - startedAt);
  return {
    makeState: () => `${server}.${Buffer.from(ambient.random(32)).toString("base64url")}`,
    keepVerifier: (verifier) => {
      const oldest = verifiers.size >= VERIFIERS_MAX ? verifiers.keys().next().value : undefined;
      if (oldest !== undefined) verifiers.delete(oldest);
      verifiers.set(challengeOf(verifier), verifier);
    },
    offer: async (url) => {
      const challenge = url.searchParams.get("code_challenge") ?? "";
      const verifier = verifiers.get(challenge);
      const state = url.searchParams.get("state");
      verifiers.delete(challenge);
      if (pending !== null && open !== null && age(open) < LINK_MS) return;
      // The address is the server's word: a person is sent to the web, never into a script or a program.
      if (verifier === undefined || state === null || !/^https?:$/.test(url.protocol)) return;
      open = { state, verifier, startedAt: ambient.now() };
      pending = url;
      await cell.set(open);
    },
    pendingUrl: () => pending,
    take: async (state) => {
      open ??= (await cell.get()) ?? null;
      // INVARIANT: nothing is awaited between this comparison and forgetting, so that two answers cannot both pass.
      if (open === null || state === null || !isSame(open.state, state)) return false;
      const isFresh = age(open) < AUTHORIZATION_MS_MAX;
      taken = isFresh ? open.verifier : null;
      open = null;
      pending = null;
      await cell.drop();
      return isFresh;
    },
    verifier: () => taken ?? noVerifier(),
    end: () => {
      taken = null;
    },
  };
}

function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

function isSame(expected: string, given: string): boolean {
  return timingSafeEqual(digest(expected), digest(given));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function noVerifier(): never {
  throw new Fault(
    "upstream_authorization_not_started",
    "no authorization of this server is under way",
    "Start it with `doorward servers refresh NAME`, open the link it prints, and come back with it.",
  );
}
