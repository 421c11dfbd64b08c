import { Fault } from "#base";

/** Whether it happened is for the caller to find out. */
const LOOK_FIRST = "What was asked for may have happened: check the server before trying again.";
export function bodyLost(): Fault {
  return new Fault("egress_lost", "the answer broke off", LOOK_FIRST);
}

export function slow(timeoutMs: number): Fault {
  return new Fault("egress_lost", `the answer did not end within ${timeoutMs} ms`, LOOK_FIRST);
}

export function idle(idleMs: number): Fault {
  return new Fault("egress_idle", `nothing more of the answer came for ${idleMs} ms`, LOOK_FIRST);
}

export function notText(): Fault {
  return new Fault(
    "egress_not_text",
    "the answer is no UTF-8 text",
    "Correct the server: JSON is UTF-8 (RFC 8259).",
  );
}

export function tooLarge(bytesMax: number): Fault {
  return new Fault(
    "egress_body_too_large",
    `the answer is larger than ${bytesMax} bytes`,
    "Ask for less at once (a page, a range), or have the server split its answer.",
  );
}

export function urlRefused(url: URL, why: string): Fault {
  return new Fault(
    "egress_url_refused",
    `${url.origin} is not asked: ${why}`,
    "Correct the address with `doorward servers add`.",
  );
}

export function redirect(from: URL, to: URL): Fault {
  return new Fault(
    "egress_redirect_refused",
    `${from.origin} answered with a redirect to ${to.origin}${to.pathname}`,
    "Redirects are not followed across origins: add the server under the address it really has.",
  );
}

export function encoded(encoding: string): Fault {
  return new Fault(
    "egress_encoding",
    `the answer is encoded as ${encoding}, which was not asked for`,
    "Turn off compression at the server.",
  );
}

/** Any failure of a request as a Fault that says whether it may have arrived. */
export function networkFault(url: URL, cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const { code, syscall, message } = errnoOf(cause);
  const certificate = certificateFault(url, code, cause) ?? alertFault(url, code, cause);
  if (certificate !== null) return certificate;
  const isBefore =
    syscall === "connect" ||
    syscall === "getaddrinfo" ||
    /^(UND_ERR_CONNECT|ERR_TLS|CERT_|UNABLE_|ERR_SSL|EPROTO)/.test(code);
  if (code === "UND_ERR_INVALID_ARG") return unsendable(url, cause);
  if (isBefore || cause instanceof AggregateError) {
    return new Fault(
      "egress_unreachable",
      `cannot reach ${url.origin}: ${message || code}`,
      "Check that the server runs and that its address, port and certificate are right.",
      cause,
    );
  }
  return lost(url, cause);
}

/** Codes of OpenSSL's verification (X509_V_ERR_*) as Node names them, and Node's own for a name that is not in the certificate. */
function certificateFault(url: URL, code: string, cause: unknown): Fault | null {
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    return new Fault(
      "egress_certificate_expired",
      `the certificate of ${url.origin} ${code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet"}`,
      "Nothing was sent. Whoever runs the server must renew its certificate; check this machine's clock too.",
      cause,
    );
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return new Fault(
      "egress_certificate_name",
      `the certificate of ${url.origin} is for another name`,
      "Nothing was sent. Ask for the server by a name that its certificate has.",
      cause,
    );
  }
  if (!/SELF_SIGNED|^UNABLE_TO_|^CERT_(UNTRUSTED|REJECTED|SIGNATURE|CHAIN)|^INVALID_(CA|PURPOSE)/.test(code))
    return null;
  return new Fault(
    "egress_certificate_untrusted",
    `the certificate of ${url.origin} is ${code.includes("DEPTH_ZERO_SELF") ? "signed by itself" : "from no authority that is trusted here"}`,
    "Nothing was sent. Have the server use a certificate of a known authority, or start Doorward with NODE_EXTRA_CA_CERTS naming yours.",
    cause,
  );
}

/**
 * Alerts by which a server says what it misses in us: RFC 8446, 6.2 (certificate_required is 116); in TLS 1.2 handshake_failure says
 * it of everything (RFC 5246, 7.2.2). Neither server has read a request then.
 */
function alertFault(url: URL, code: string, cause: unknown): Fault | null {
  if (code.endsWith("ALERT_CERTIFICATE_REQUIRED")) {
    return new Fault(
      "egress_certificate_required",
      `${url.origin} wants a client certificate, and no credential with one is for it`,
      "The server read nothing of the request. Give Doorward the certificate: `doorward vault add NAME --kind mtls --certificate FILE --secret FILE --to URL`.",
      cause,
    );
  }
  if (!code.endsWith("ALERT_HANDSHAKE_FAILURE")) return null;
  return new Fault(
    "egress_handshake_refused",
    `${url.origin} refuses the TLS handshake: it wants a client certificate, or has no version or cipher in common with Doorward`,
    "Nothing was sent. A client certificate is stored with `doorward vault add NAME --kind mtls`; versions and ciphers (TLS 1.2 or newer) are the server's to mend.",
    cause,
  );
}

/** Its cause is left out of the words: it is about a key. */
export function clientCertificateUnusable(cause: unknown): Fault {
  return new Fault(
    "egress_client_certificate",
    "the client certificate and its key cannot be used together",
    "Nothing was sent. Store the credential anew: certificate and private key, PEM, that belong together.",
    cause,
  );
}

export function proxyRefused(url: URL, status: string): Fault {
  return new Fault(
    "egress_proxy_refused",
    `the network's proxy did not open a way to ${url.host}: ${status}`,
    "Nothing was sent. Check the proxy's user, password and rules.",
  );
}

export function proxyUnreachable(host: string, cause: unknown): Fault {
  return new Fault(
    "egress_proxy_unreachable",
    `the network's proxy ${host} cannot be reached: ${errnoOf(cause).message}`,
    "Nothing was sent. Check that the proxy runs, and its address and port in Doorward's settings.",
    cause,
  );
}

/** Its cause is left out of the words: it may quote a header's value, and so a secret. */
function unsendable(url: URL, cause: unknown): Fault {
  return new Fault(
    "egress_request_invalid",
    `the request to ${url.origin} cannot be written as HTTP`,
    "Check the headers that were given for it: a value may hold no line break or control character.",
    cause,
  );
}

/** The connection failed with the request on its way or answered. */
export function lost(url: URL, cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  return new Fault(
    "egress_lost",
    `the connection to ${url.origin} failed: ${errnoOf(cause).message}`,
    LOOK_FIRST,
    cause,
  );
}

function errnoOf(cause: unknown): { code: string; syscall: string; message: string } {
  const message = cause instanceof Error ? cause.message : String(cause);
  const field = (name: string): string => {
    const value: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, name) : undefined;
    return typeof value === "string" ? value : "";
  };
  return { code: field("code"), syscall: field("syscall"), message };
}
