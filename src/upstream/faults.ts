import { Fault } from "#base";
import { inert } from "./ring.ts";
import type { RpcError } from "./message.ts";

/** The server answered with a JSON-RPC error: an answer like any other, to be passed on as it is. */
export class RpcFault extends Fault {
  readonly rpc: RpcError;

  constructor(rpc: RpcError) {
    super(
      "upstream_error",
      inert(rpc.message),
      "The server refused or failed; its own words are all there is.",
    );
    this.rpc = rpc;
  }
}

/**
 * Codes after which the server certainly did not see the request: its outcome is a failure, not `unknown` (T20).
 */
export const NOTHING_SENT: ReadonlySet<string> = new Set([
  "egress_address_forbidden",
  "egress_address_private",
  "egress_certificate_expired",
  "egress_certificate_name",
  "egress_certificate_required",
  "egress_certificate_untrusted",
  "egress_client_certificate",
  "egress_handshake_refused",
  "egress_own_listener",
  "egress_proxy_refused",
  "egress_proxy_unreachable",
  "egress_request_invalid",
  "egress_unreachable",
  "egress_url_refused",
  "sandbox_argument_hidden",
  "sandbox_failed",
  "sandbox_folder_link",
  "sandbox_folder_missing",
  "sandbox_path_missing",
  "sandbox_unavailable",
  "sandbox_workspace_unsafe",
  "upstream_authorization_failed",
  "upstream_busy",
  "upstream_crash_looping",
  "upstream_gone",
  "upstream_needs_authorization",
  "upstream_not_started",
  "upstream_pin_changed",
  "upstream_stuck",
  "upstream_too_many_connections",
  "upstream_unknown",
]);
