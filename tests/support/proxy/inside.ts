import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { AUTHORIZATION, type ProxyHouse } from "./house.ts";

export const lines = (...all: string[]): string => `${all.join("\r\n")}\r\n\r\n`;

export interface InsideOptions {
  readonly to?: string;
  readonly alpn?: string[];
  /** The name asked for in TLS; null: none. */
  readonly servername?: string | null;
}

/** The inside of a tunnel, its TLS done. Rejects where the handshake fails. */
export async function inside(house: ProxyHouse, options: InsideOptions = {}): Promise<TLSSocket> {
  const { to = "example.org:443", alpn = ["http/1.1"] } = options;
  const socket = connect({ port: house.port, host: "127.0.0.1" });
  socket.write(lines(`CONNECT ${to} HTTP/1.1`, `Host: ${to}`, `Proxy-Authorization: ${AUTHORIZATION}`));
  const [first] = await once(socket, "data");
  if (!String(first).startsWith("HTTP/1.1 200 ")) throw new Error(String(first));
  const host = to.replace(/:\d+$/, "").replaceAll(/[[\]]/g, "");
  const servername =
    options.servername === undefined ? (/^[\d.:a-f]+$/.test(host) ? null : host) : options.servername;
  const secure = connectTls({
    socket,
    ca: house.authority.certificate,
    ALPNProtocols: alpn,
    host,
    ...(servername !== null && { servername }),
    checkServerIdentity: () => undefined,
  });
  await once(secure, "secureConnect");
  return secure;
}
