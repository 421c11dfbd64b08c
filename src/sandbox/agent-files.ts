import { MCP_CONFIG } from "./places.ts";
import type { Places } from "./port.ts";

const NAME = "doorward";

/** Hosts of repositories whose SSH addresses are rewritten to HTTPS, which the http door can see. */
const GIT_HOSTS = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "ssh.dev.azure.com"];

/**
 * Files of a sandbox's private home, by their path in it: the MCP door in the settings of the agents that are known, and git's
 * rewriting of SSH addresses. The key in them is a placeholder.
 *
 * Sources: Claude Code, `mcpServers` of `~/.claude.json` and of files for `--mcp-config` (docs.anthropic.com/en/docs/claude-code/mcp);
 * Codex, `[mcp_servers.*]` with `url` and `http_headers` (developers.openai.com/codex/mcp; openai/codex,
 * codex-rs/config/src/mcp_types.rs); Gemini CLI, `mcpServers.*.httpUrl` of `~/.gemini/settings.json` (google-gemini/gemini-cli,
 * docs/tools/mcp-server.md); Goose, `extensions` of type `streamable_http` (block/goose, ExtensionConfig); Cursor,
 * `~/.cursor/mcp.json` (docs.cursor.com/context/mcp); OpenCode, `mcp` of type `remote` (opencode.ai/docs/mcp-servers);
 * OpenClaw, `mcp.servers` of `~/.openclaw/openclaw.json` (docs.openclaw.ai/cli/mcp). OpenClaw's, Cursor's and OpenCode's were
 * written from memory of these pages: unverified. None was tried with the agent itself here.
 */
export function agentFiles({ doors, key }: Pick<Places, "doors" | "key">): Record<string, string> {
  const url = `${doors}/door/mcp`;
  const headers = { Authorization: `Bearer ${key}` };
  const standard = { mcpServers: { [NAME]: { type: "http", url, headers } } };
  return {
    [MCP_CONFIG]: json(standard),
    ".claude.json": json({ ...standard, hasCompletedOnboarding: true }),
    ".codex/config.toml": [
      `[mcp_servers.${NAME}]`,
      `url = "${url}"`,
      `http_headers = { Authorization = "${headers.Authorization}" }`,
      "",
    ].join("\n"),
    ".gemini/settings.json": json({ mcpServers: { [NAME]: { httpUrl: url, headers } } }),
    ".config/goose/config.yaml": [
      "extensions:",
      `  ${NAME}:`,
      "    enabled: true",
      "    type: streamable_http",
      `    name: ${NAME}`,
      "    description: MCP servers behind Doorward",
      `    uri: ${url}`,
      "    headers:",
      `      Authorization: ${headers.Authorization}`,
      "    timeout: 300",
      "",
    ].join("\n"),
    ".cursor/mcp.json": json({ mcpServers: { [NAME]: { url, headers } } }),
    ".config/opencode/opencode.json": json({
      mcp: { [NAME]: { type: "remote", url, enabled: true, headers } },
    }),
    ".openclaw/openclaw.json": json({
      mcp: { servers: { [NAME]: { url, transport: "streamable-http", headers } } },
    }),
    ".gitconfig": gitConfig(),
  };
}

/** git-config(1), `url.<base>.insteadOf`: several may stand for one. */
function gitConfig(): string {
  return GIT_HOSTS.map((host) =>
    [`[url "https://${host}/"]`, `\tinsteadOf = git@${host}:`, `\tinsteadOf = ssh://git@${host}/`, ""].join(
      "\n",
    ),
  ).join("");
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
