import { expect, test } from "vitest";
import { KEY_UNKNOWN, snippetsFor } from "./connect.ts";

const door = "http://127.0.0.1:7420/door/mcp";
const texts = (keylessDoor: string | null) =>
  snippetsFor({ door, key: "dwk_abc", keylessDoor }).map(({ text }) => text);

test("each client gets the address of its own door, with the key that it sends", () => {
  const [mcp = "", openai, anthropic, ollama] = texts(null);
  expect(JSON.parse(mcp)).toEqual({
    mcpServers: { doorward: { type: "http", url: door, headers: { Authorization: "Bearer dwk_abc" } } },
  });
  expect(openai).toBe("export OPENAI_BASE_URL=http://127.0.0.1:7420/v1\nexport OPENAI_API_KEY=dwk_abc");
  expect(anthropic).toBe("export ANTHROPIC_BASE_URL=http://127.0.0.1:7420\nexport ANTHROPIC_API_KEY=dwk_abc");
  expect(ollama).toBe("export OLLAMA_HOST=http://127.0.0.1:7420/door/k/SECRET/llm");
});

test("a client without headers gets the address that holds the secret", () => {
  expect(texts("http://127.0.0.1:7420/door/k/dwp_x/mcp")[3]).toBe(
    "export OLLAMA_HOST=http://127.0.0.1:7420/door/k/dwp_x/llm",
  );
  expect(KEY_UNKNOWN).not.toMatch(/^dwk_\w/);
});
