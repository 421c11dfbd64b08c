/**
 * Agents, and where each keeps its configuration. Places are templates as in stores.table.ts. `servers` and `models` are paths of
 * fields, `*` for each; everything else of such a file stays where it is. `source` says where that is written, `unverified` what
 * was known from memory alone.
 */
import type { Platform } from "./stores.table.ts";

export type Format = "json" | "toml" | "yaml";

export interface AgentConfiguration {
  readonly format: Format;
  readonly places: Readonly<Record<Platform, readonly string[]>>;
  readonly servers: readonly string[];
  readonly models: readonly string[];
}

export interface Agent {
  readonly name: string;
  readonly title: string;
  readonly configurations: readonly AgentConfiguration[];
  /** Programs by their base names. */
  readonly programs: readonly string[];
  readonly source: string;
}

const everywhere = (...places: readonly string[]): AgentConfiguration["places"] => ({
  darwin: places,
  linux: places,
  win32: places,
});
const inApplication = (below: string): AgentConfiguration["places"] => ({
  darwin: [`~/Library/Application Support/${below}`],
  linux: [`$XDG_CONFIG_HOME/${below}`, `~/.config/${below}`],
  win32: [`%APPDATA%/${below}`],
});
const json = (
  places: AgentConfiguration["places"],
  servers: readonly string[],
  models: readonly string[] = [],
): AgentConfiguration => ({ format: "json", places, servers, models });

export const AGENTS: readonly Agent[] = [
  {
    name: "claude-code",
    title: "Claude Code",
    configurations: [
      json(everywhere("$CLAUDE_CONFIG_DIR/.claude.json", "~/.claude.json"), [
        "mcpServers",
        "projects.*.mcpServers",
      ]),
      json(everywhere("$CLAUDE_CONFIG_DIR/settings.json", "~/.claude/settings.json"), [], ["model"]),
    ],
    programs: ["claude"],
    source: "docs.claude.com, Claude Code settings and MCP installation scopes",
  },
  {
    name: "claude-desktop",
    title: "Claude Desktop",
    configurations: [json(inApplication("Claude/claude_desktop_config.json"), ["mcpServers"])],
    programs: ["Claude", "claude-desktop"],
    source: "modelcontextprotocol.io, connect to local MCP servers; Linux unverified",
  },
  {
    name: "codex",
    title: "Codex",
    configurations: [
      {
        format: "toml",
        places: everywhere("$CODEX_HOME/config.toml", "~/.codex/config.toml"),
        servers: ["mcp_servers"],
        models: ["model", "profiles.*.model"],
      },
    ],
    programs: ["codex"],
    source: "developers.openai.com/codex/config-reference",
  },
  {
    name: "cursor",
    title: "Cursor",
    configurations: [json(everywhere("~/.cursor/mcp.json"), ["mcpServers"])],
    programs: ["Cursor", "cursor", "cursor-agent"],
    source: "cursor.com/docs/context/mcp",
  },
  {
    name: "openclaw",
    title: "OpenClaw",
    configurations: [
      json(
        everywhere("$OPENCLAW_CONFIG_PATH", "~/.openclaw/openclaw.json"),
        ["mcp.servers"],
        ["agents.defaults.model", "agents.defaults.model.primary", "agents.defaults.model.fallbacks.*"],
      ),
    ],
    programs: ["openclaw", "openclaw-gateway"],
    source: "docs.openclaw.ai/gateway/configuration-reference; mcp.servers unverified",
  },
  {
    name: "goose",
    title: "Goose",
    configurations: [
      {
        format: "yaml",
        places: {
          darwin: ["~/.config/goose/config.yaml"],
          linux: ["$XDG_CONFIG_HOME/goose/config.yaml", "~/.config/goose/config.yaml"],
          win32: ["%APPDATA%/Block/goose/config/config.yaml"],
        },
        servers: ["extensions"],
        models: ["GOOSE_MODEL", "GOOSE_LEAD_MODEL", "GOOSE_PLANNER_MODEL"],
      },
    ],
    programs: ["goose", "goosed"],
    source: "block.github.io/goose/docs/guides/config-files",
  },
  {
    name: "continue",
    title: "Continue",
    configurations: [
      {
        format: "yaml",
        places: everywhere("~/.continue/config.yaml"),
        servers: ["mcpServers"],
        models: ["models.*.model"],
      },
      json(everywhere("~/.continue/config.json"), [], ["models.*.model"]),
    ],
    programs: ["cn"],
    source: "docs.continue.dev/reference",
  },
  {
    name: "cline",
    title: "Cline",
    configurations: [
      json(inApplication("Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"), [
        "mcpServers",
      ]),
    ],
    programs: ["cline"],
    source: "docs.cline.bot/mcp/configuring-mcp-servers; the folder of VS Code unverified",
  },
  {
    name: "aider",
    title: "Aider",
    configurations: [
      {
        format: "yaml",
        places: everywhere("~/.aider.conf.yml"),
        servers: [],
        models: ["model", "weak-model", "editor-model"],
      },
    ],
    programs: ["aider"],
    source: "aider.chat/docs/config/aider_conf.html",
  },
  {
    name: "opencode",
    title: "OpenCode",
    configurations: [
      json(
        everywhere(
          "$OPENCODE_CONFIG",
          "$XDG_CONFIG_HOME/opencode/opencode.json",
          "~/.config/opencode/opencode.json",
          "~/.config/opencode/opencode.jsonc",
        ),
        ["mcp.servers", "mcp"],
        ["model", "small_model"],
      ),
    ],
    programs: ["opencode"],
    source: "opencode.ai/docs/config and docs/mcp-servers",
  },
  {
    name: "gemini-cli",
    title: "Gemini CLI",
    configurations: [json(everywhere("~/.gemini/settings.json"), ["mcpServers"], ["model.name", "model"])],
    programs: ["gemini"],
    source: "google-gemini/gemini-cli, docs/cli/configuration.md",
  },
  {
    name: "windsurf",
    title: "Windsurf",
    configurations: [json(everywhere("~/.codeium/windsurf/mcp_config.json"), ["mcpServers"])],
    programs: ["windsurf"],
    source: "docs.windsurf.com/windsurf/cascade/mcp",
  },
  {
    name: "vscode",
    title: "Visual Studio Code",
    configurations: [json(inApplication("Code/User/mcp.json"), ["servers"])],
    programs: [],
    source: "code.visualstudio.com/docs/copilot/chat/mcp-servers",
  },
];

/** What tells a field that holds a key. Whether there is one is said, and what it is called; never what it is. */
export const KEY_NAMES =
  /(?:^|[._-])(?:api[_-]?keys?|authorization|auth[_-]?token|bearer|credentials?|passwords?|secrets?|tokens?)$|(?:api|access|auth|secret)[_-]?(?:key|token)$/i;
