/** How a client is asked whether it trusts a server: a program, and its arguments for a URL. It ends with 0 where it does. */
export interface Probe {
  readonly client: string;
  readonly program: string;
  readonly args: (url: string) => readonly string[];
  /** It brings roots of its own (Node, requests' certifi, Deno, most builds of Java): the system's say nothing to it. */
  readonly hasOwnRoots?: true;
}

const PYTHON = `import sys, ssl, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=10).read()`;

/** Python's requests has roots of its own (certifi), and another variable. */
const REQUESTS = `import sys
try:
    import requests
except ImportError:
    sys.exit(77)
requests.get(sys.argv[1], timeout=10).raise_for_status()`;

const NODE = `require("node:https").get(process.argv[1], (answer) => answer.resume().on("end", () => process.exit(0)))
  .on("error", (error) => { console.error(error.code, error.message); process.exit(1); });`;

const JAVA = `import java.net.URI;
import java.net.http.*;
public class Probe {
  public static void main(String[] args) throws Exception {
    HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(args[0])).build(), HttpResponse.BodyHandlers.discarding());
  }
}`;

/** What a probe ends with where the client is not there after all. */
export const NOT_THERE = 77;

export const JAVA_SOURCE = { name: "Probe.java", text: JAVA };

export const PROBES: readonly Probe[] = [
  {
    client: "curl",
    program: "curl",
    args: (url) => ["--silent", "--show-error", "--max-time", "10", "--noproxy", "*", url],
  },
  { client: "node", program: "node", args: (url) => ["-e", NODE, url], hasOwnRoots: true },
  { client: "python3", program: "python3", args: (url) => ["-c", PYTHON, url] },
  {
    client: "python3 requests",
    program: "python3",
    args: (url) => ["-c", REQUESTS, url],
    hasOwnRoots: true,
  },
  { client: "git", program: "git", args: (url) => ["-c", "http.proxy=", "ls-remote", `${url}/probe.git`] },
  { client: "java", program: "java", args: (url) => [JAVA_SOURCE.name, url], hasOwnRoots: true },
  {
    client: "wget",
    program: "wget",
    args: (url) => ["--quiet", "--no-proxy", "--tries=1", "--timeout=10", "-O", "-", url],
  },
  {
    client: "deno",
    program: "deno",
    args: (url) => ["eval", "await (await fetch(Deno.args[0])).text()", url],
    hasOwnRoots: true,
  },
];
