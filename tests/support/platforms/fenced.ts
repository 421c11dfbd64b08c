// Markdown of which all but the last line stands in one fence: CommonMark 0.31, 4.5 (fenced code blocks) and 6.3 (links).
import type { Shown } from "../../conformance/channel-rig.ts";

export function readFenced(body: string): Pick<Shown, "text" | "buttons" | "links" | "mentions"> {
  const [, fence = "", text = "", rest = ""] = /^(`{3,})text\n(.*?)\n\1(?!`)(.*)$/s.exec(body) ?? [];
  if (fence === "") throw new Error(`no fence: ${body}`);
  const [, label, url] = /^\n\n\[([^\]\n]*)\]\(([^)\n]*)\)$/.exec(rest) ?? [];
  if (rest !== "" && url === undefined) throw new Error(`outside the fence: ${rest}`);
  return {
    text: `${text.replaceAll("\u2060", "")}\n${label ?? ""}`,
    buttons: [],
    links: url === undefined ? [] : [{ text: label ?? "", url }],
    mentions: [],
  };
}
