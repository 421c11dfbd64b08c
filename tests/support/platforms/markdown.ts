import type { Shown } from "../../conformance/channel-rig.ts";

/**
 * What a reader of Markdown sees: code as its letters (CommonMark 0.31, 6.1 and 4.5), all else with its marks taken away,
 * links and mentions told. Rough where it does no harm: whatever stands outside of code is taken for mark-up too often.
 */
export function renderMarkdown(source: string): Pick<Shown, "text" | "links" | "mentions"> {
  const [links, mentions]: [Shown["links"][number][], string[]] = [[], []];
  let text = "";
  let rest = source;
  while (rest !== "") {
    const code = /^((`+)(?!`)([\s\S]*?[^`])\2)(?!`)/.exec(rest) ?? null;
    if (code !== null) {
      const [whole = "", , , inside = ""] = code;
      text += whole.startsWith("```")
        ? inside.replace(/^\n|\n$/g, "")
        : inside.replace(/^ ([\s\S]*) $/, "$1");
      rest = rest.slice(whole.length);
      continue;
    }
    const next = rest.search(/(?<!^)`/);
    const plain = next < 0 ? rest : rest.slice(0, next);
    text += outside(plain, links, mentions);
    rest = next < 0 ? "" : rest.slice(next);
  }
  return { text, links, mentions };
}

function outside(source: string, links: Shown["links"][number][], mentions: string[]): string {
  const named = source.replaceAll(/!?\[([^\]]*)\]\(([^)]*)\)/g, (_whole, label: string, url: string) => {
    links.push({ text: label, url });
    return label;
  });
  for (const [url] of named.matchAll(/https?:\/\/\S+/g)) links.push({ text: url, url });
  for (const [name] of named.matchAll(/@\w+/g)) mentions.push(name);
  if (/https?:/.test(named)) return named;
  return named
    .replaceAll(/[*_~#>|`\\]/g, "")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/^(?:-|\d+\.) /gm, "");
}
