import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import type { DrillServer } from "./drill-server.ts";

/** The http door that a drill goes through, and as whom. */
export interface DrillWeb {
  /** `http://127.0.0.1:7421` */
  readonly proxy: string;
  readonly key: string;
  readonly server: DrillServer;
}

/** Something that a drill has under way. */
export interface Part {
  readonly part: string;
  /** Resolves once it is under way, with null; or with what was answered instead. */
  readonly begun: Promise<string | null>;
  /** Resolves when its client sees its end. */
  readonly ended: Promise<void>;
}

const POLL_MS = 10;
const SAID_CHARS_MAX = 2_000;

/** A request through the http door that its host does not answer, or whose answer never ends. */
export function asking(web: DrillWeb, what: "silent" | "events"): Part {
  const path = `/web/${what}`;
  const before = web.server.callsOf(path);
  const sent = askedOf(web, `http://${web.server.web}${path}`, "GET").end();
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve).once("error", reject);
  });
  const said = answered.then(textOf, String);
  const begun = async (): Promise<string | null> => {
    if (what === "events") {
      const { statusCode = 0 } = await answered;
      return statusCode === 200 ? null : said;
    }
    const first = said.then((text) => ({ text }));
    while (web.server.callsOf(path) <= before) {
      const waited = new Promise<null>((resolve) => void setTimeout(() => resolve(null), POLL_MS));
      const over = await Promise.race([first, waited]);
      if (over !== null) return over.text;
    }
    return null;
  };
  const part = what === "silent" ? "web-request" : "web-stream";
  return { part, begun: begun().catch(String), ended: said.then(() => undefined) };
}

/** A tunnel through the http door to a host that is passed through unread, with a byte that came back. */
export function tunnelling(web: DrillWeb): Part {
  const connecting = askedOf(web, web.server.pipe, "CONNECT").end();
  const closed = Promise.withResolvers<void>();
  const begun = async (): Promise<string | null> => {
    const [response, socket] = await new Promise<[IncomingMessage, Socket]>((resolve, reject) => {
      connecting.once("connect", (...both) => resolve([both[0], both[1]])).once("error", reject);
    });
    socket.on("error", () => {}).once("close", () => closed.resolve());
    if (response.statusCode !== 200)
      return `${response.statusCode} ${String(response.headers["doorward-refusal"] ?? "")}`;
    socket.write("a drill");
    await once(socket, "data");
    socket.resume();
    return null;
  };
  const trying = begun().catch((cause: unknown) => {
    closed.resolve();
    return String(cause);
  });
  return { part: "tunnel", begun: trying, ended: closed.promise };
}

function askedOf({ proxy, key }: DrillWeb, path: string, method: string): ClientRequest {
  const { hostname, port } = new URL(proxy);
  const credentials = Buffer.from(`agent:${key}`).toString("base64");
  const headers = {
    host: path.replace(/^http:\/\/([^/]+).*$/, "$1"),
    "proxy-authorization": `Basic ${credentials}`,
  };
  const host = hostname.replace(/^\[|\]$/g, "");
  return request({ host, port, method, path, headers, agent: false }).on("error", () => {});
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  try {
    for await (const part of response.setEncoding("utf8") as AsyncIterable<string>)
      text = (text + part).slice(0, SAID_CHARS_MAX);
  } catch {
    // Cut: what was said until then is what was said.
  }
  return text;
}
