import fc from "fast-check";
import { expect, test } from "vitest";
import { diffTemplates } from "./diff.ts";

const BASE =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] }}\n{{ message.content }}<|im_end|>{% endfor %}";

test("spaces, quotes, comments and line ends make no difference", () => {
  const own =
    '{#- a comment -#}{%- for message in messages -%}\n  {{- "<|im_start|>" + message.role -}}\n  {{- message["content"] -}}\n<|im_end|>{%- endfor -%}';
  expect(diffTemplates(BASE, own)).toEqual({ ok: true, changes: [], more: 0 });
});

test("what was added, removed and changed is told, statement by statement", () => {
  const added = BASE.replace(
    "{% endfor %}",
    "{% if 'x' in message.content %}Say no more.{% endif %}{% endfor %}",
  );
  expect(diffTemplates(BASE, added)).toEqual({
    ok: true,
    changes: [
      { is: "added", own: String.raw`"if (\"x\" in message[\"content\"])"` },
      { is: "added", own: String.raw`"text \"Say no more.\""` },
    ],
    more: 0,
  });
  expect(diffTemplates(added, BASE)).toMatchObject({ changes: [{ is: "removed" }, { is: "removed" }] });
  expect(diffTemplates(BASE, BASE.replace("message.content", "message.content|upper"))).toMatchObject({
    changes: [{ is: "changed", own: String.raw`"write (message[\"content\"] | upper())"` }],
  });
});

test("the same statement in another block is another one", () => {
  const diff = diffTemplates("{% if a %}x{% endif %}{{ b }}", "{% if a %}x{{ b }}{% endif %}");
  expect(diff.ok && diff.changes.length).toBeGreaterThan(0);
});

test("templates of Go's are compared as well; what can't be read is said", () => {
  expect(diffTemplates("{{ .Prompt }}", "{{- .Prompt -}}")).toMatchObject({ ok: true, changes: [] });
  expect(diffTemplates("{{ if .System }}a{{ end }}", "{{ if .Prompt }}a{{ end }}")).toMatchObject({
    changes: [{ is: "changed" }],
  });
  expect(diffTemplates(BASE, "{% include 'x' %}")).toMatchObject({ ok: false, which: "own" });
  expect(diffTemplates("{{ .Prompt", BASE)).toMatchObject({ ok: false, which: "base" });
});

test("no template differs from itself, and every difference shows", () => {
  const lines = fc.array(fc.constantFrom("{{ a }}", "{{ b }}", "{% if c %}x{% endif %}", "y"), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(lines, lines, (one, other) => {
      const [left, right] = [one.join("{{ z }}"), other.join("{{ z }}")];
      const diff = diffTemplates(left, right);
      expect(diff.ok && diff.changes.length === 0).toBe(left === right);
    }),
    { numRuns: 300 },
  );
});

test("more changes than are of use are counted", () => {
  const many = Array.from({ length: 700 }, (_, n) => `{{ v${n} }}`).join("");
  expect(diffTemplates("", many)).toMatchObject({ ok: true, more: 500 });
});
