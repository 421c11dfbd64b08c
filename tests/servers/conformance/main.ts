// `node main.ts stdio` or `node main.ts http PORT`: the conformance server as a process of its own.
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { listenConformanceServer } from "./http.ts";
import { buildConformanceServer } from "./server.ts";

const [kind = "stdio", port = "0"] = process.argv.slice(2);
if (kind === "stdio") {
  serveStdio(buildConformanceServer);
} else {
  const { url } = await listenConformanceServer(Number(port));
  process.stdout.write(`${url}\n`);
}
