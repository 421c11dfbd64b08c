import type { Ambient, Fault } from "#base";
import type { SecureContexts } from "./contexts.ts";
import type { ProxyLimits } from "./limits.ts";
import type { LiveOnes } from "./live.ts";
import type { Origin, ProxyRoad } from "./port.ts";

/** What every part of the proxy works with. */
export interface Door<Who> {
  readonly road: ProxyRoad<Who>;
  readonly contexts: SecureContexts;
  readonly limits: ProxyLimits;
  readonly ambient: Ambient;
  readonly live: LiveOnes<Who>;
  /** What is nobody's request and yet went wrong: for the log. */
  readonly report: (event: string, detail: unknown) => void;
}

/** What is known of a connection before its requests are read. */
export interface Connection<Who> {
  /** Who a relay or a CONNECT said it is; null: each request says so itself. */
  readonly who: Who | null;
  /** Where the tunnel leads that this is the inside of; null: outside of any. */
  readonly inside: Origin | null;
}

/** A refusal of the proxy's own, on record; a client that went away is none. */
export function noteRefusal<Who>(
  { road, report }: Door<Who>,
  { who, origin, fault }: { who: Who | null; origin: Origin | null; fault: Fault },
): void {
  if (fault.code === "proxy_client_gone") return;
  if (fault.code === "proxy_failed") report("proxy_failed", fault.cause);
  if (fault.code.startsWith("proxy_")) road.refused(who, fault, origin);
}
