import { dirname } from "node:path";
import { LOADERS, LOCALE, PASSED_ON } from "./environment.ts";
import { USER } from "./places.ts";
import type { Places, ServerWanted, Surroundings } from "./port.ts";

/** Where a machine's own authorities are said to be; they are shown to servers that reach hosts. */
export const AUTHORITIES = ["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"];

/**
 * The whole environment of a sandboxed MCP server: how the machine speaks, its own home, the way to the hosts that it was
 * granted, and what the admin named. What would make a program load code before its own is left out: bubblewrap itself is started
 * with this environment, outside.
 */
export function serverEnvironment(
  { work, reachesHosts, environment: given }: ServerWanted,
  { environment }: Pick<Surroundings, "environment">,
  { isVisible, places }: { readonly isVisible: (path: string) => boolean; readonly places: Places },
): Record<string, string> {
  const inherited = Object.entries(environment).filter(
    ([name]) => PASSED_ON.includes(name) || LOCALE.test(name) || (reachesHosts && AUTHORITIES.includes(name)),
  );
  const own = (environment["PATH"] ?? "")
    .split(":")
    .filter((path) => path.startsWith("/") && isVisible(path));
  const set: readonly (readonly [string, string | undefined])[] = [
    ...inherited,
    ...(reachesHosts ? proxied(places) : []),
    ["PATH", [...new Set([...own, ...places.programs, dirname(places.node)])].join(":")],
    ["HOME", work],
    ["USER", USER],
    ["LOGNAME", USER],
    ["SHELL", "/bin/sh"],
    ["TMPDIR", places.temporary],
    ["DOORWARD_SANDBOX", "1"],
    ...Object.entries(given).filter(([name]) => !LOADERS.test(name)),
  ];
  return Object.fromEntries(
    set.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

function proxied({ proxy }: Places): [string, string][] {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"];
  const direct = "127.0.0.1,localhost,::1";
  return [
    ...names.map((name): [string, string] => [name, proxy]),
    ["NO_PROXY", direct],
    ["no_proxy", direct],
    // Node's own fetch and http ask for it (nodejs.org/api/cli.html, NODE_USE_ENV_PROXY=1).
    ["NODE_USE_ENV_PROXY", "1"],
  ];
}
