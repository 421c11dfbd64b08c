import { oneLine, type Segment, segments } from "./inert.ts";

type Child = Node | string | null;
type Attributes = { readonly [name: string]: string | boolean };

/**
 * Makes an element. Children that are strings become text nodes; nothing here or anywhere in the console reads markup
 * from a string, and Trusted Types forbid it besides.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "string") made.setAttribute(name, value);
    else made.toggleAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Another's words in one line: a name, a reason. Isolated, so that their direction stays theirs. */
export function quoted(text: string): HTMLElement {
  return element("bdi", { class: "quoted" }, ...oneLine(text).map(shown));
}

/** Another's words as they are, whole, in a block that scrolls by wheel and by keyboard. */
export function quotedBlock(text: string, label: string): HTMLElement {
  const attributes = { class: "block", tabindex: "0", role: "region", "aria-label": label, dir: "ltr" };
  return element("pre", attributes, ...segments(text).map(shown));
}

export function button(
  label: string,
  kind: "primary" | "danger" | "quiet",
  act: () => void,
): HTMLButtonElement {
  const made = element("button", { type: "button", class: `button ${kind}` }, label);
  made.addEventListener("click", act);
  return made;
}

/** Says something to people who do not see the page change. */
export function announce(text: string): void {
  const place = document.getElementById("announce");
  if (place !== null) place.textContent = text;
}

function shown(segment: Segment): Node {
  if (segment.kind === "text") return document.createTextNode(segment.text);
  return element(
    "span",
    { class: "escape", title: "an invisible character, shown by its code" },
    segment.text,
  );
}
