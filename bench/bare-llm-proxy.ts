// The least that an HTTP proxy on node:http and undici can be: pooled connections, bytes in, bytes out, no duties.
import { createServer } from "node:http";
import { Pool } from "undici";

const [port = "0", upstream = ""] = process.argv.slice(2);
const pool = new Pool(upstream, { connections: 128, pipelining: 1 });

createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const asked = {
      path: request.url ?? "/",
      method: "POST" as const,
      headers: { "content-type": "application/json" },
      body: Buffer.concat(parts),
    };
    pool
      .stream({ ...asked, opaque: response }, ({ statusCode, headers }) => {
        response.writeHead(statusCode, {
          "content-type": String(headers["content-type"]),
          ...(headers["content-length"] === undefined
            ? {}
            : { "content-length": String(headers["content-length"]) }),
        });
        return response;
      })
      .catch(() => response.destroy());
  });
}).listen(Number(port), "127.0.0.1");
