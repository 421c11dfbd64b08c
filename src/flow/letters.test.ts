import { describe, expect, test } from "vitest";
import type { SinkRole } from "#vocabulary";
import { isSameSpelling } from "./letters.ts";
import type { ToolManifest } from "./manifest.ts";
import { openFlow } from "./session.ts";

const tool = (role: SinkRole, effect: ToolManifest["effect"] = "write"): ToolManifest => ({
  tool: "srv/change_file",
  effect,
  roles: { it: role },
  output: { integrity: "trusted" },
});

function origin(words: string, role: SinkRole, it: string): unknown {
  const flow = openFlow({ own: [] });
  flow.say({ standing: "attested", text: words });
  return flow.judge({ manifest: tool(role), arguments: { it } }).origins[role];
}

describe("what a machine calls something is named in its own letters", () => {
  test.each<[string, SinkRole, string, string]>([
    ["an id", "selector", "dQw4w9WgXcQ", "dqw4w9wgxcq"],
    ["an id with a sign", "selector", "team_Alpha", "Team_alpha"],
    ["a file by its name", "selector", "Report.docx", "report.docx"],
    ["a path", "path", "/srv/Notes/a.md", "/srv/notes/a.md"],
    ["a path of one word", "path", "Garden", "garden"],
    ["a wallet", "account", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1a1zp1ep5qgefi2dmptftl5slmv7divfna"],
    ["the path of a link", "destination", "https://short.example/aBc", "https://short.example/abc"],
    ["the path of a link without its scheme", "destination", "short.example/aBc", "short.example/abc"],
  ])("%s", (_, role, said, other) => {
    const words = `Please take ${said} and see to it.`;
    expect(origin(words, role, said)).toEqual(["user"]);
    expect(origin(words, role, other)).toEqual(["model"]);
  });

  test("a short code behind its noun", () => {
    expect(origin("Change File a7, please", "selector", "a7")).toEqual(["user"]);
    expect(origin("Change File a7, please", "selector", "A7")).toEqual(["model"]);
  });

  test("an id of what the agent made", () => {
    const flow = openFlow({ own: [] });
    flow.observe({ manifest: tool("selector"), arguments: {}, result: { id: "fXy12" } });
    const judged = (it: string) => flow.judge({ manifest: tool("selector"), arguments: { it } });
    expect(judged("fXy12").origins.selector).toEqual(["made"]);
    expect(judged("fxy12").origins.selector).not.toEqual(["made"]);
  });
});

describe("what people write in capitals or not is the same", () => {
  test.each<[string, SinkRole, string, string]>([
    ["an e-mail address", "destination", "Bob.Miller2@Works.example", "bob.miller2@works.example"],
    ["a host", "destination", "Works.example", "works.example"],
    ["scheme and host of a link", "destination", "HTTPS://Works.example/aBc", "https://works.example/aBc"],
    ["an IBAN", "account", "de89370400440532013000", "DE89370400440532013000"],
    ["a title", "selector", "Team Meeting 2027", "team meeting 2027"],
    ["a name", "selector", "Falconry", "falconry"],
    ["a hexadecimal wallet", "account", `0x${"aB".repeat(20)}`, `0x${"ab".repeat(20)}`],
  ])("%s", (_, role, said, other) => {
    expect(origin(`Please take ${said} and see to it.`, role, other)).toEqual(["user"]);
    expect(isSameSpelling(role, said, other)).toBe(true);
  });
});
