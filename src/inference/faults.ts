import { Fault } from "#base";

/** The version of Anthropic's API that is spoken where a client names none (docs: "Versions"; the SDK's own default). */
export const ANTHROPIC_VERSION = "2023-06-01";

/**
 * Codes after which the upstream certainly did not see the request: its outcome is a failure, not `unknown`, and
 * another upstream may be asked (T20).
 */
export const EGRESS_NOTHING_SENT: ReadonlySet<string> = new Set([
  "egress_address_forbidden",
  "egress_address_private",
  "egress_address_public",
  "egress_certificate_expired",
  "egress_certificate_name",
  "egress_certificate_required",
  "egress_certificate_untrusted",
  "egress_client_certificate",
  "egress_closed",
  "egress_handshake_refused",
  "egress_own_listener",
  "egress_proxy_refused",
  "egress_proxy_unreachable",
  "egress_request_invalid",
  "egress_unreachable",
  "egress_url_refused",
  "google_host_refused",
  "google_token_refused",
  "service_account_invalid",
  "upstream_busy",
  "upstream_gone",
]);

export function gone(name: string): Fault {
  return new Fault(
    "upstream_gone",
    `the upstream ${name} was removed or changed after this request was decided`,
    "Send the request again: it is decided anew for where it goes now.",
  );
}

export function tooBusy(name: string, most: number): Fault {
  return new Fault(
    "upstream_busy",
    `the upstream ${name} already has ${most} requests of Doorward's under way`,
    "Wait for some of them to end, or add another upstream for the model.",
  );
}

/** Egress's faults in this module's words; others as they are. */
export function asAnswerFault(name: string, cause: unknown): unknown {
  if (!(cause instanceof Fault)) return cause;
  if (cause.code === "egress_idle") {
    return new Fault(
      "upstream_idle",
      `the upstream ${name} fell silent in the middle of its answer`,
      "Ask again; if it happens often, look at the upstream's own log and load.",
      cause,
    );
  }
  if (cause.code === "egress_body_too_large") {
    return new Fault(
      "answer_too_large",
      `the answer of the upstream ${name} is larger than Doorward takes`,
      "Ask for less at once: fewer tokens, fewer inputs.",
      cause,
    );
  }
  return cause;
}
