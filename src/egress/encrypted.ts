import { isIP, type Socket } from "node:net";
import { connect, getCACertificates } from "node:tls";
import { type Station, stationUrl } from "./connect.ts";
import { lost, networkFault } from "./faults.ts";
import { CONNECT_TIMEOUT_MS } from "./rules.ts";

/**
 * TLS 1.2 or newer over a connection that `Egress.connect` opened, for protocols that are not HTTP. `ca`: PEM of authorities
 * that are trusted beside Node's own. The connection is destroyed where that fails; faults as for `request`.
 */
export async function encrypted(socket: Socket, to: Station, ca: string | null): Promise<Socket> {
  const url = stationUrl(to);
  return new Promise((resolve, reject) => {
    const over = connect({
      socket,
      host: to.host,
      minVersion: "TLSv1.2",
      ...(isIP(to.host) === 0 ? { servername: to.host } : {}),
      ...(ca === null ? {} : { ca: [...getCACertificates("default"), ca] }),
    });
    const fail = (cause: Error): void => {
      clearTimeout(timer);
      over.destroy();
      socket.destroy();
      reject(networkFault(url, cause));
    };
    const ended = (): void => fail(lost(url, new Error("it was closed before it was encrypted")));
    const timer = setTimeout(() => fail(lost(url, new Error("no encryption in time"))), CONNECT_TIMEOUT_MS);
    over.once("error", fail).once("close", ended);
    over.once("secureConnect", () => {
      clearTimeout(timer);
      over.off("error", fail).off("close", ended);
      resolve(over);
    });
  });
}
