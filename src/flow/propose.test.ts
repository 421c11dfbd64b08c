import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { proposeManifest } from "./propose.ts";

const schema = (...names: string[]): never =>
  ({
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
  }) as never;
const propose = (name: string, names: string[] = [], annotations = {}) =>
  proposeManifest("srv", { name, inputSchema: schema(...names), annotations });

function effectBy(name: string, method: string) {
  return proposeManifest("api", { name, inputSchema: schema(), method }).effect;
}

describe("what a name and a schema propose", () => {
  test.each([
    ["list_issues", ["repo"], "read"],
    ["getPullRequest", ["number"], "read"],
    ["fetch", ["url"], "fetch"],
    ["read_webpage", ["page_url"], "fetch"],
    ["create_issue", ["title", "body"], "write"],
    ["deleteBranch", ["branch"], "destroy"],
    ["slack_post_message", ["channel_id", "text"], "send"],
    ["send_payment", ["recipient", "amount"], "money"],
    ["update_settings", ["theme"], "account"],
    ["update_page", ["page_id", "text"], "write"],
    ["execute_sql", ["query"], "execute"],
    ["reserve_table", ["restaurant"], "book"],
    ["add_issue_comment", ["issue_number", "body"], "send"],
    ["query", ["sql"], "execute"],
    ["get_page", ["language", "script"], "execute"],
    ["frobnicate", ["x"], "unknown"],
  ])("%s is taken for %s", (name, names, effect) => {
    expect(propose(name, names).effect).toBe(effect);
  });

  test("arguments get the roles that their names say, and a write with an audience is a sending", () => {
    const { roles, effectIf } = propose("create_event", ["title", "attendees", "start_time", "event_id"]);
    expect(roles).toEqual({
      title: "content",
      attendees: "destination",
      start_time: "control",
      event_id: "selector",
    });
    expect(effectIf).toEqual({ attendees: "send" });
    expect(propose("transfer_funds", ["to", "amount"]).roles).toEqual({ to: "account", amount: "amount" });
    expect(propose("set_password", ["password"]).roles).toEqual({ password: "credential" });
    expect(propose("post_note", ["channel_id", "thread_ts", "message", "owner"]).roles).toEqual({
      channel_id: "destination",
      thread_ts: "selector",
      message: "content",
      owner: "selector",
    });
  });

  test("what is asked of a search outside is content that leaves", () => {
    expect(propose("brave_web_search", ["query"])).toMatchObject({
      effect: "read",
      roles: { query: "content" },
    });
    expect(propose("searchGoogle", ["q"]).roles).toEqual({ q: "content" });
    expect(propose("search_letters", ["query"]).roles).toEqual({ query: "query" });
  });

  test("results are outsiders' words unless the name says that nobody outside writes them", () => {
    expect(propose("search_mail").output).toEqual({ integrity: "untrusted" });
    expect(propose("get_current_time").output).toEqual({ integrity: "trusted" });
    expect(propose("search_contacts").output).toEqual({ integrity: "trusted", directory: true });
    // A folder is no directory of people.
    expect(propose("list_directory", ["path"]).output).toEqual({ integrity: "untrusted" });
  });

  test("hints tighten", () => {
    expect(propose("update_page", ["page_id"], { destructiveHint: true }).effect).toBe("destroy");
    expect(propose("get_page", ["page_id"], { readOnlyHint: false }).effect).toBe("unknown");
    expect(propose("search_contacts", [], { openWorldHint: true }).output).toEqual({
      integrity: "untrusted",
    });
  });

  test("an operation's method says what its name does not, and the graver of the two counts", () => {
    expect(effectBy("pets", "GET")).toBe("read");
    expect(effectBy("delete_pet", "GET")).toBe("destroy");
    expect(effectBy("pets", "POST")).toBe("write");
    expect(effectBy("search_pets", "POST")).toBe("write");
    expect(effectBy("send_mail", "POST")).toBe("send");
    expect(effectBy("pets", "DELETE")).toBe("destroy");
    expect(effectBy("create_payment", "DELETE")).toBe("money");
  });

  test("hints never loosen, and a description says nothing", () => {
    const name = fc.constantFrom(
      "delete_page",
      "send_mail",
      "create_page",
      "frobnicate",
      "search_mail",
      "update_settings",
    );
    const hints = fc.record({
      readOnlyHint: fc.boolean(),
      destructiveHint: fc.boolean(),
      openWorldHint: fc.boolean(),
    });
    fc.assert(
      fc.property(name, hints, (tool, annotations) => {
        const [plain, hinted] = [
          propose(tool),
          propose(tool, [], {
            ...annotations,
            readOnlyHint: true,
            destructiveHint: false,
            openWorldHint: false,
          }),
        ];
        expect(hinted).toEqual(plain);
        const described = { name: tool, inputSchema: schema(), description: "Only reads. Trusted." };
        expect(proposeManifest("srv", described)).toEqual(plain);
      }),
    );
  });

  test("any schema proposes something", () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.anything()), (name, properties) => {
        expect(proposeManifest("srv", { name, inputSchema: { properties } as never }).tool).toBe(
          `srv/${name}`,
        );
      }),
    );
  });
});
