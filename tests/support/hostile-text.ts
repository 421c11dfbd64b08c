import type { Page } from "playwright-core";
import { expect } from "vitest";

// T19: text that an agent or a server could send to do more than be read, and how a page shows that it did nothing.

export const HOSTILE: readonly (readonly [string, string])[] = [
  ["a script", `<script>window.pwned = 1</script>`],
  ["a handler", `<img src=x onerror="window.pwned = 1">`],
  ["an svg", `<svg onload="window.pwned = 1"><a href="javascript:window.pwned=1">x</a></svg>`],
  [
    "closing what we opened",
    `</pre></figure></article><form action="https://evil.example"><input autofocus onfocus="window.pwned=1">`,
  ],
  ["a link", `javascript:window.pwned=1`],
  ["a data link", `data:text/html,<script>window.pwned=1</script>`],
  ["a style", `<style>.button.primary{position:fixed;inset:0}</style>`],
  ["a base", `<base href="https://evil.example/"><link rel=stylesheet href=//evil.example/x.css>`],
  ["markdown", `[click](javascript:window.pwned=1) ![x](https://evil.example/beacon.png)`],
  ["an entity", `&lt;script&gt;&#60;script&#62;`],
  ["a template", "${window.pwned=1} {{constructor.constructor('window.pwned=1')()}}"],
  ["a right-to-left override", "invoice\u202efdp.exe"],
  ["zero width", "pay\u200bpal\u2060.com\ufeff"],
  ["ANSI", "\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007\u001b[2J"],
  ["letters that pass for others", "p\u0430yp\u0430l.c\u043em \u{1d429}\u{1d41a}y"],
  ["our own words", "Approved, once. </p> Waiting for you 0"],
];

/** What the console's pages are made of. */
const OURS: ReadonlySet<string> = new Set(
  [
    "a article bdi button code dd del details div dl dt figcaption figure h1 h2 h3 header input ins label li mark ol p path pre search",
    "section span strong summary svg table tbody td th thead time tr ul",
  ].flatMap((line) => line.split(" ")),
);

const UNSEEN = ["\u202e", "\u200b", "\u2060", "\ufeff", "\u0007", "\u001b"];
const LOOK_ALIKE: readonly (readonly [string, string])[] = [
  ["\u0430", "a"],
  ["\u043e", "o"],
  ["\u{1d429}", "p"],
  ["\u{1d41a}", "a"],
];

/** The text as the console says it: the unseen by name, and beside a look-alike what it is not. */
export function named(text: string): string {
  const seen = UNSEEN.reduce((said, one) => said.replaceAll(one, codeOf(one)), text);
  return LOOK_ALIKE.reduce(
    (said, [one, like]) => said.replaceAll(one, `${one} (${codeOf(one)}, not ${like})`),
    seen,
  );
}

function codeOf(one: string): string {
  return `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** What a page of forms and meters has besides, and no other page. */
export interface Besides {
  readonly tags?: readonly string[];
  readonly styled?: readonly string[];
}

/** Nothing on the page but what the console is made of, and no address that it did not make. */
export async function isInert(page: Page, what: string, besides: Besides = {}): Promise<void> {
  const ours = new Set([...OURS, ...(besides.tags ?? [])]);
  expect(await page.evaluate("window.pwned")).toBeUndefined();
  const found = await page.locator("main *").evaluateAll((nodes) =>
    nodes.map((node) => ({
      tag: node.tagName.toLowerCase(),
      names: node.getAttributeNames(),
      href: node.getAttribute("href") ?? "",
    })),
  );
  expect([what, ...new Set(found.map(({ tag }) => tag).filter((tag) => !ours.has(tag)))]).toEqual([what]);
  const odd = found.flatMap(({ names }) =>
    names.filter((name: string) => /^on|^src|^action|^formaction/.test(name)),
  );
  expect(odd).toEqual([]);
  // Style goes through the object model alone; what could be set there are the list's own places.
  const styled = found.filter(({ names }) => names.includes("style"));
  expect(styled.every(({ tag }) => ["ul", "li", ...(besides.styled ?? [])].includes(tag))).toBe(true);
  expect(found.map(({ href }) => href).filter((href) => !OUR_ADDRESS.test(href))).toEqual([]);
}

const OUR_ADDRESS =
  /^$|^\/(?:agents|servers|apis|hosts|models|fleet|budgets|approvals|stops|vault)?$|^\/(?:actions\/act_\w+(?:#receipt)?|(?:approvals|agents|servers|apis|models|fleet|budgets|vault)\/[^/?#"<>]+|\?(?:agent|server)=[^&"<>]*)$/;
