import { MCP_CONFIG, USER } from "./places.ts";
import type { Places, Surroundings, Wanted } from "./port.ts";

/** How a person's terminal looks and speaks; nothing else of their environment is passed on unasked. */
export const PASSED_ON = [
  "TERM",
  "COLORTERM",
  "LANG",
  "LANGUAGE",
  "TZ",
  "NO_COLOR",
  "FORCE_COLOR",
  "COLUMNS",
  "LINES",
];
export const LOCALE = /^LC_[A-Z]+$/;

/** What a variable may be called: nothing that makes a program load code before its own. */
const NAME = /^[A-Za-z_]\w{0,127}$/;
export const LOADERS = /^(?:LD_|DYLD_|GLIBC_|GCONV_|BASH_ENV$|ENV$|BASH_FUNC_|DOORWARD_)/;

/**
 * The whole environment inside: the doors under the names that clients read, the proxy, trust in Doorward's authority, and the
 * little of the person's own that is no secret. `isVisible` says whether a folder of PATH is there.
 */
export function insideEnvironment(
  { environment: asked }: Pick<Wanted, "environment">,
  { environment, trusts }: Pick<Surroundings, "environment" | "trusts">,
  { isVisible, places }: { readonly isVisible: (path: string) => boolean; readonly places: Places },
): Record<string, string> {
  const inherited = Object.entries(environment).filter(
    ([name]) => PASSED_ON.includes(name) || LOCALE.test(name),
  );
  const own = (environment["PATH"] ?? "")
    .split(":")
    .filter((path) => path.startsWith("/") && isVisible(path));
  const set: readonly (readonly [string, string | undefined])[] = [
    ...inherited,
    ...doors(places),
    ...(trusts ? trust(places) : []),
    ["PATH", [...new Set([...own, ...places.programs])].join(":")],
    ["HOME", places.home],
    ["USER", USER],
    ["LOGNAME", USER],
    ["SHELL", "/bin/sh"],
    ["TMPDIR", places.temporary],
    ...asked.map((one) => named(one, environment)),
  ];
  return Object.fromEntries(
    set.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

function named(
  asked: string,
  environment: Surroundings["environment"],
): readonly [string, string | undefined] {
  const at = asked.indexOf("=");
  const name = at < 0 ? asked : asked.slice(0, at);
  if (!NAME.test(name) || LOADERS.test(name)) return [name, undefined];
  return [name, at < 0 ? environment[name] : asked.slice(at + 1)];
}

/** The names under which clients of models and of the web look for them. */
function doors({ doors: llm, keyless, proxy, key, home }: Places): [string, string][] {
  const direct = "127.0.0.1,localhost,::1";
  return [
    ["OPENAI_BASE_URL", `${llm}/v1`],
    ["OPENAI_API_BASE", `${llm}/v1`],
    ["OPENAI_API_KEY", key],
    ["ANTHROPIC_BASE_URL", llm],
    ["ANTHROPIC_API_KEY", key],
    ["OLLAMA_HOST", keyless],
    ["OLLAMA_API_BASE", keyless],
    ["LM_STUDIO_API_BASE", `${keyless}/v1`],
    ["VLLM_BASE_URL", `${keyless}/v1`],
    ["LLAMACPP_BASE_URL", `${keyless}/v1`],
    ["DOORWARD_MCP_URL", `${llm}/door/mcp`],
    ["DOORWARD_MCP_CONFIG", `${home}/${MCP_CONFIG}`],
    ["DOORWARD_SANDBOX", "1"],
    ...["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"].map(
      (name): [string, string] => [name, proxy],
    ),
    ["NO_PROXY", direct],
    ["no_proxy", direct],
    // Node's own fetch and http ask for it (nodejs.org/api/cli.html, NODE_USE_ENV_PROXY=1).
    ["NODE_USE_ENV_PROXY", "1"],
    // What only slows a program down that cannot reach anything by itself.
    ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"],
    ["DISABLE_TELEMETRY", "1"],
  ];
}

/** The names under which programs look for certificates to trust (docs/guide/sandbox.md has the sources). */
function trust({ certificates, certificatesJava, proxy: door }: Places): [string, string][] {
  const { hostname, port } = new URL(door);
  const proxy = ["http", "https"].flatMap((scheme) => [
    `-D${scheme}.proxyHost=${hostname}`,
    `-D${scheme}.proxyPort=${port}`,
  ]);
  const store = [
    `-Djavax.net.ssl.trustStore=${certificatesJava}`,
    "-Djavax.net.ssl.trustStorePassword=changeit",
  ];
  return [
    ...[
      "NODE_EXTRA_CA_CERTS",
      "SSL_CERT_FILE",
      "REQUESTS_CA_BUNDLE",
      "CURL_CA_BUNDLE",
      "GIT_SSL_CAINFO",
      "PIP_CERT",
      "CARGO_HTTP_CAINFO",
      "AWS_CA_BUNDLE",
      "DENO_CERT",
      "NIX_SSL_CERT_FILE",
    ].map((name): [string, string] => [name, certificates]),
    ["JAVA_TOOL_OPTIONS", [...store, ...proxy].join(" ")],
  ];
}
