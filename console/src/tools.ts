import { change, look, type Person } from "./client.ts";
import { announce, button, element, quoted, quotedBlock } from "./dom.ts";
import { measure, SHOWN_CHARACTERS_MAX } from "./arguments.ts";
import { messageOf } from "./form.ts";
import type { Section } from "./holds.ts";
import { EFFECT_WORDS } from "./holds.table.ts";
import { withPresence } from "./presence.ts";

interface Tool {
  readonly server: string;
  readonly kind: "tool" | "prompt";
  readonly name: string;
  readonly status: string;
  readonly effects: readonly string[];
  readonly reason: string | null;
  readonly fingerprint: string;
}

interface ToolDetail extends Tool {
  /** Canonical JSON, the server's own words. */
  readonly definition: string;
  readonly accepted: string | null;
}

/** Tools whose definition is new or has changed: nobody can use them until a person accepts what they now say. */
export function toolsSection(person: Person): Section {
  const rows = new Map<string, HTMLElement>();
  const list = element("div", { class: "stack" });
  const count = element("span", { class: "count" });
  const empty = element("p", { class: "empty" }, "Every tool has been reviewed.");
  const node = element(
    "section",
    { "aria-labelledby": "tools-title" },
    element(
      "div",
      { class: "section-head" },
      element("h2", { id: "tools-title" }, "Tools to review ", count),
    ),
    list,
  );
  return {
    node,
    refresh: async () => {
      const pages = ["new", "changed"].map((status) =>
        look<{ items: Tool[] }>("/tools", { status, limit: "200" }),
      );
      const tools = (await Promise.all(pages)).flatMap(({ items }) => items);
      const keys = new Set(tools.map(keyOf));
      for (const [key, row] of rows) if (!keys.has(key)) drop(rows, key, row);
      for (const tool of tools) {
        if (rows.has(keyOf(tool))) continue;
        const row = toolRow(person, tool, () => drop(rows, keyOf(tool), row));
        rows.set(keyOf(tool), row);
        list.append(row);
      }
      count.textContent = String(tools.length);
      if (rows.size === 0) list.replaceChildren(empty);
      else empty.remove();
    },
  };
}

function toolRow(person: Person, tool: Tool, gone: () => void): HTMLElement {
  const body = element("div", { class: "stack" });
  const details = element(
    "details",
    { class: "card fold" },
    element(
      "summary",
      {},
      quoted(`${tool.server}/${tool.name}`),
      element(
        "span",
        { class: "aside" },
        tool.status === "changed" ? "changed since it was accepted" : "new",
      ),
    ),
    body,
  );
  const open = async (): Promise<void> => {
    const query = { tool: `${tool.server}/${tool.name}`, kind: tool.kind };
    const detail = await look<ToolDetail>("/tools/get", query);
    // Of what changed while it was being fetched there will be a card of its own; this one stays what its key says.
    if (detail.fingerprint === tool.fingerprint) body.replaceChildren(...review(person, detail, gone));
    else gone();
  };
  details.addEventListener("toggle", () => {
    if (details.open && body.childElementCount === 0)
      open().catch((cause: unknown) => body.append(messageOf(cause)));
  });
  return details;
}

function review(person: Person, tool: ToolDetail, gone: () => void): Node[] {
  const name = `${tool.server}/${tool.name}`;
  const message = element("p", { class: "problem", role: "alert" });
  const run = async (answer: "accept" | "refuse"): Promise<void> => {
    const body = {
      tools: [name],
      kind: tool.kind,
      ...(answer === "accept" ? { fingerprint: tool.fingerprint } : {}),
    };
    const isDone = await withPresence(person, `${answer} the tool ${name}`, () =>
      change(`/tools/${answer}`, body),
    );
    if (!isDone) return;
    announce(`${name}: ${answer === "accept" ? "accepted" : "refused"}`);
    gone();
  };
  const act = (answer: "accept" | "refuse") => () => {
    run(answer).catch((cause: unknown) => message.replaceChildren(messageOf(cause)));
  };
  const accept = button("Accept as it is now", "primary", act("accept"));
  accept.disabled = tool.definition.length > SHOWN_CHARACTERS_MAX;
  const words = tool.effects.map((effect) => EFFECT_WORDS[effect] ?? effect).join(", ");
  return [
    element("p", {}, "Its server says it ", words, ". ", tool.reason === null ? "" : quoted(tool.reason)),
    definition("As it is now", tool.definition),
    ...(tool.accepted === null ? [] : [definition("As it was accepted", tool.accepted)]),
    message,
    element("div", { class: "row" }, accept, button("Refuse", "danger", act("refuse"))),
  ];
}

function definition(title: string, json: string): HTMLElement {
  const caption = element("figcaption", {}, element("span", {}, title), element("span", {}, measure(json)));
  if (json.length > SHOWN_CHARACTERS_MAX) {
    return element(
      "figure",
      { class: "argument" },
      caption,
      element("p", { class: "notice" }, "Too large to show whole."),
    );
  }
  return element(
    "figure",
    { class: "argument" },
    caption,
    quotedBlock(JSON.stringify(JSON.parse(json), null, 2), title),
  );
}

function keyOf(tool: Tool): string {
  return JSON.stringify([tool.server, tool.kind, tool.name, tool.fingerprint]);
}

function drop(rows: Map<string, HTMLElement>, key: string, row: HTMLElement): void {
  row.remove();
  rows.delete(key);
}
