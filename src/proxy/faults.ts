import { Fault } from "#base";

// What the proxy refuses by itself, before any rule is asked (docs/formats/proxy.md, section 3).

const ONE_READING = "Send it in the one form that RFC 9110 and 9112 give: this could be read in two ways.";

export function malformed(why: string, cause?: unknown): Fault {
  return new Fault("proxy_malformed", `this is no HTTP request: ${why}`, ONE_READING, cause);
}

export function framing(why: string): Fault {
  return new Fault("proxy_framing", `the length of the request is ambiguous: ${why}`, ONE_READING);
}

export function headerRefused(why: string): Fault {
  return new Fault("proxy_header", `a header of the request is refused: ${why}`, ONE_READING);
}

export function headTooLarge(): Fault {
  return new Fault(
    "proxy_head_too_large",
    "the request's head is too large",
    "Send fewer or shorter headers and a shorter address; put data into the body.",
  );
}

export function targetRefused(why: string): Fault {
  return new Fault(
    "proxy_target",
    `the request target is refused: ${why}`,
    "Use this address as a proxy (HTTP_PROXY, HTTPS_PROXY): `GET http://host/path` outside a tunnel, `CONNECT host:port`, and `GET /path` inside one.",
  );
}

export function authorityRefused(why: string): Fault {
  return new Fault(
    "proxy_authority",
    `the host of the request is refused: ${why}`,
    "Write a plain host name or address and a port: example.org:443, [2001:db8::1]:443; credentials belong into a header.",
  );
}

export function hostMismatch(said: string, meant: string): Fault {
  return new Fault(
    "proxy_host_mismatch",
    `the request names two hosts: ${said} and ${meant}`,
    "Send one request to one host: CONNECT, TLS server name, Host and :authority must agree.",
  );
}

export function pathRefused(why: string): Fault {
  return new Fault(
    "proxy_path",
    `the path of the request is refused: ${why}`,
    "Send the path as servers read it: percent-encoded UTF-8, without encoded dots, backslashes or control characters.",
  );
}

export function portRefused(port: number): Fault {
  return new Fault(
    "proxy_port",
    `port ${port} belongs to a protocol that is not the web's`,
    "The http door speaks HTTP, TLS and WebSocket only; for mail and shells give the agent a tool.",
  );
}

export function methodRefused(method: string): Fault {
  return new Fault(
    "proxy_method",
    `the method ${method} is not forwarded`,
    "Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS. TRACE would show credentials; CONNECT ends at Doorward.",
  );
}

export function expectationRefused(value: string): Fault {
  return new Fault(
    "proxy_expectation",
    `the expectation ${JSON.stringify(value)} cannot be met`,
    "Leave out the Expect header, or send `Expect: 100-continue`.",
  );
}

export function unauthenticated(): Fault {
  return new Fault(
    "proxy_unauthenticated",
    "nobody here is known by these credentials",
    "Give the agent's key as the proxy's password: http://agent:KEY@127.0.0.1:7421, or start the agent with `doorward run`.",
  );
}

export function tooSlow(what: string): Fault {
  return new Fault("proxy_too_slow", `${what} came too slowly`, "Send the request again without pauses.");
}

export function bodyTooLarge(bytesMax: number): Fault {
  return new Fault(
    "proxy_body_too_large",
    `the request's body is larger than ${bytesMax} bytes`,
    "Send it in parts.",
  );
}

export function clientGone(): Fault {
  return new Fault(
    "proxy_client_gone",
    "the client went away",
    "Keep the connection open until the answer has come.",
  );
}

export function pipelined(most: number): Fault {
  return new Fault(
    "proxy_pipelined",
    `more than ${most} requests wait on one connection`,
    "Wait for answers, or open further connections.",
  );
}

export function tlsRefused(host: string, why: string, cause?: unknown): Fault {
  return new Fault(
    "proxy_tls",
    `the client could not agree on TLS for ${host}: ${why}`,
    "Have the client trust Doorward's authority (`doorward ca install`, `doorward ca env`) and speak TLS 1.2 or newer; a program with pinned certificates needs a pass-through rule.",
    cause,
  );
}

export function certificateMissing(host: string, cause: unknown): Fault {
  return new Fault(
    "proxy_certificate",
    `no certificate could be made for ${host}`,
    "Check that Doorward's vault runs (`doorward vault status`): it keeps the authority's key.",
    cause,
  );
}

export function tunnelRefused(why: string): Fault {
  return new Fault(
    "proxy_tunnel",
    `the tunnel is refused: ${why}`,
    "Only TLS to the named host, HTTP and WebSocket go through a tunnel.",
  );
}

export function upgradeRefused(why: string): Fault {
  return new Fault(
    "proxy_upgrade",
    `the upgrade is refused: ${why}`,
    "Only WebSocket is spoken (RFC 6455, version 13), without a body or early frames.",
  );
}

export function prefaceRefused(): Fault {
  return new Fault(
    "proxy_preface",
    "the relay's first line is malformed",
    "Send `DOORWARD-RELAY/1 KEY` or `DOORWARD-LIFELINE/1 KEY` and CR LF, as docs/formats/proxy.md says.",
  );
}

export function crowded(max: number): Fault {
  return new Fault(
    "proxy_connections",
    `this agent has ${max} connections open`,
    "Close some of them, or send requests behind one another on those that are open.",
  );
}

export function answerInvalid(cause: unknown): Fault {
  return new Fault(
    "proxy_answer_invalid",
    "the answer cannot be written as HTTP",
    "Look at the server: its status or headers break RFC 9110.",
    cause,
  );
}

export function failed(cause: unknown): Fault {
  return new Fault(
    "proxy_failed",
    "Doorward failed at this request",
    "Look into Doorward's log; whether the request was sent is recorded there.",
    cause,
  );
}

/** A Fault is said as it is; anything else is ours, and its words stay in the log. */
export function asFault(thrown: unknown): Fault {
  return thrown instanceof Fault ? thrown : failed(thrown);
}
