// What the http door's benchmark asks: a page of 1 KiB, over HTTP and over TLS.
import { readFileSync } from "node:fs";
import { createServer as createPlain, type RequestListener } from "node:http";
import { createServer as createSecure } from "node:https";

const [plain = "0", secure = "0", folder = "."] = process.argv.slice(2);
const body = Buffer.alloc(1_024, "x");
const serve: RequestListener = (request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "text/plain", "content-length": body.length }).end(body);
};

createPlain(serve).listen(Number(plain), "127.0.0.1");
createSecure(
  { cert: readFileSync(`${folder}/upstream.pem`), key: readFileSync(`${folder}/upstream.key`) },
  serve,
).listen(Number(secure), "127.0.0.1");
