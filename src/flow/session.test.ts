import { expect, test } from "vitest";
import type { ToolManifest } from "./manifest.ts";
import { openFlow } from "./session.ts";

const READ: ToolManifest = {
  tool: "mail/search",
  effect: "read",
  roles: { path: "path" },
  output: {
    integrity: "untrusted",
    trustedAuthors: ["@works.example", "eve@partner.example"],
    resources: [{ argument: "path", under: "/handbook", integrity: "trusted" }],
  },
};
const EDIT: ToolManifest = {
  tool: "mail/edit",
  effect: "write",
  roles: { mail_id: "selector" },
  output: { integrity: "trusted" },
};

function originAfter(sender: string): unknown {
  const flow = openFlow({ own: [] });
  flow.observe({ manifest: READ, arguments: {}, result: [{ id: "mail-1", sender, subject: "x" }] });
  return flow.judge({ manifest: EDIT, arguments: { mail_id: "mail-1" } }).origins.selector;
}

test.each([
  ["bob@works.example", ["trusted"]],
  ["Bob@WORKS.example", ["trusted"]],
  ["eve@partner.example", ["trusted"]],
  ["bob@partner.example", ["untrusted"]],
  ["bob@works.example.evil.example", ["untrusted"]],
  ["bob@evilworks.example", ["untrusted"]],
])("a record by %s is %s", (sender, origin) => {
  expect(originAfter(sender)).toEqual(origin);
});

test.each([
  ["/handbook/rules.md", false],
  ["/handbook", false],
  ["/handbooks/rules.md", true],
  ["/handbook/../mail/1", true],
  ["/mail/1", true],
])("reading %s taints: %s", (path, tainted) => {
  const flow = openFlow({ own: [] });
  flow.observe({ manifest: READ, arguments: { path }, result: "words" });
  expect(flow.judge({ manifest: EDIT, arguments: {} }).tainted).toBe(tainted);
});

test("a tool that nobody reviewed is an untrusted source of unknown effect", () => {
  const unknown: ToolManifest = {
    tool: "x/y",
    effect: "unknown",
    roles: {},
    output: { integrity: "untrusted" },
  };
  const flow = openFlow({ own: [] });
  flow.observe({ manifest: unknown, arguments: {}, result: "words" });
  expect(flow.judge({ manifest: unknown, arguments: {} })).toMatchObject({
    labelled: false,
    effect: "unknown",
    tainted: true,
  });
});

test("judging changes nothing", () => {
  const flow = openFlow({ own: [] });
  const before = flow.snapshot();
  flow.judge({ manifest: EDIT, arguments: { mail_id: "mail-1", text: "x" } });
  expect(flow.snapshot()).toEqual(before);
});
