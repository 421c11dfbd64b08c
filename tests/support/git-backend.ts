import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";

/** Whether this machine has git's own server over HTTP. */
export function hasGitBackend(): boolean {
  const programs = spawnSync("git", ["--exec-path"], { encoding: "utf8" }).stdout ?? "";
  return existsSync(join(programs.trim(), "git-http-backend"));
}

/** Answers a git client from a folder of repositories: CGI as git-http-backend(1) wants it; what it says first are headers. */
export function answerGit(repositories: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? "/", "http://git.example");
  const child = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: repositories,
      GIT_HTTP_EXPORT_ALL: "1",
      REMOTE_USER: "robot",
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
  });
  request.pipe(child.stdin);
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  child.on("close", () => finish(Buffer.concat(parts), response));
}

function finish(said: Buffer, response: ServerResponse): void {
  const split = said.indexOf("\r\n\r\n");
  const head = said.subarray(0, split).toString().split("\r\n");
  const headers = head.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const status = headers.find(([name]) => name === "Status")?.[1] ?? "200";
  for (const [name, value] of headers) if (name !== "Status") response.setHeader(name, value);
  response.writeHead(Number.parseInt(status, 10)).end(said.subarray(split + 4));
}
