/** Something that an agent's owner pastes into a client, under the name of that client. */
export interface Snippet {
  readonly label: string;
  readonly text: string;
}

/** What opens the doors: the key, and the address that holds a secret, for clients that send no header. */
export interface Opening {
  /** The mcp door, `http://127.0.0.1:7420/door/mcp`: from it follow the others. */
  readonly door: string;
  readonly key: string;
  readonly keylessDoor: string | null;
}

/** Stands where a key was shown once and is not known any more. */
export const KEY_UNKNOWN = "dwk_…";

const MCP_PATH = /\/door\/mcp$/;

/**
 * How each client is pointed at Doorward, as docs/guide/llm-door.md has it. Formats: `mcpServers` as Claude Code and
 * others read it (code.claude.com/docs/en/mcp); the variables as OpenAI's and Anthropic's SDKs and Ollama's clients do.
 */
export function snippetsFor({ door, key, keylessDoor }: Opening): Snippet[] {
  const base = door.replace(MCP_PATH, "");
  const headers = { Authorization: `Bearer ${key}` };
  const mcp = { mcpServers: { doorward: { type: "http", url: door, headers } } };
  const keyless = keylessDoor ?? `${base}/door/k/SECRET/mcp`;
  return [
    { label: "MCP clients", text: JSON.stringify(mcp, null, 2) },
    {
      label: "OpenAI's SDKs, the AI SDK, LangChain",
      text: `export OPENAI_BASE_URL=${base}/v1\nexport OPENAI_API_KEY=${key}`,
    },
    {
      label: "Anthropic's SDKs",
      text: `export ANTHROPIC_BASE_URL=${base}\nexport ANTHROPIC_API_KEY=${key}`,
    },
    { label: "Ollama's clients", text: `export OLLAMA_HOST=${keyless.replace(/\/mcp$/, "/llm")}` },
  ];
}
