import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Null: 404. */
export type Answering = (heard: Heard) => { readonly status: number; readonly json: unknown } | null;

/** A server on loopback that notes what it hears. */
export async function startAnswering(answering: Answering) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let body = "";
      for await (const part of request) body += String(part);
      const one = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
      heard.push(one);
      const answer = answering(one) ?? { status: 404, json: { errors: [] } };
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer.json));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A listening server has an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
