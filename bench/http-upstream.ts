// What the http door's benchmark asks: a page of 1 KiB, over HTTP and over TLS; `/stream/BYTES` is as long as it says.
import { readFileSync } from "node:fs";
import { createServer as createPlain, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";

const [plain = "0", secure = "0", folder = "."] = process.argv.slice(2);
const body = Buffer.alloc(1_024, "x");
const block = Buffer.alloc(256 * 1_024, "y");
const serve: RequestListener = (request, response) => {
  request.resume();
  const bytes = Number(/^\/stream\/(\d+)$/.exec(request.url ?? "")?.[1] ?? 0);
  if (bytes > 0) return stream(response, bytes);
  response.writeHead(200, { "content-type": "text/plain", "content-length": body.length }).end(body);
};

function stream(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes });
  let left = bytes;
  const more = (): void => {
    while (left > 0) {
      const part = left < block.length ? block.subarray(0, left) : block;
      left -= part.length;
      if (!response.write(part)) return void response.once("drain", more);
    }
    response.end();
  };
  more();
}

createPlain(serve).listen(Number(plain), "127.0.0.1");
createSecure(
  { cert: readFileSync(`${folder}/upstream.pem`), key: readFileSync(`${folder}/upstream.key`) },
  serve,
).listen(Number(secure), "127.0.0.1");
