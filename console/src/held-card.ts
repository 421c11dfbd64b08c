import { type ArgumentView, showArguments, type Shown } from "./arguments.ts";
import { button, element, quoted, quotedBlock } from "./dom.ts";
import { EFFECT_WORDS, type HeldAction } from "./holds.table.ts";
import { untilText } from "./time.ts";

export type Answer = "approve" | "deny";

/** One held action on the page. */
export interface Card {
  readonly node: HTMLElement;
  /** Refreshes what changes with time. */
  readonly tick: (now: number) => void;
  /** Ends the card where it stands: it keeps its place, so that nothing moves under a finger. */
  readonly settle: (how: string, tone: "good" | "bad" | "plain") => void;
  readonly problem: (text: string) => void;
  readonly isSettled: () => boolean;
}

/**
 * INVARIANT: a card shows one action and never changes what it shows; its buttons decide that action and no other.
 * Approve opens only when every argument is on the page whole and has been brought into view to its end (T19).
 */
export function heldCard(action: HeldAction, decide: (answer: Answer) => void): Card {
  const expiry = element("time", { datetime: action.expiresAt });
  const message = element("p", { class: "problem", role: "alert" });
  const hint = element("p", { class: "aside", id: `hint-${action.id}` });
  const approve = button("Approve once", "primary", () => {
    // A disabled button still hears a click that a script made.
    if (!approve.disabled) decide("approve");
  });
  const deny = button("Deny", "danger", () => decide("deny"));
  approve.setAttribute("aria-describedby", hint.id);
  const actions = element("div", { class: "row" }, approve, deny, hint);
  const shown = action.arguments === null ? null : showArguments(action.arguments);
  const body = element(
    "div",
    { class: "card-arguments" },
    ...argumentBlocks(shown, gate(approve, hint, shown)),
  );
  const node = element(
    "article",
    { class: "card", "aria-labelledby": `title-${action.id}`, "data-approval": action.id },
    headOf(action),
    element("div", { class: "card-body" }, factsOf(action, expiry), body),
    message,
    actions,
  );
  let settled = false;
  return {
    node,
    tick: (now) => expiry.replaceChildren(untilText(Date.parse(action.expiresAt), now)),
    settle: (how, tone) => {
      settled = true;
      node.classList.add("settled");
      actions.replaceChildren(element("p", { class: `result ${tone}`, tabindex: "-1" }, how));
    },
    problem: (text) => message.replaceChildren(text),
    isSettled: () => settled,
  };
}

function headOf(action: HeldAction): HTMLElement {
  const effects = action.effects.map((effect) =>
    element(
      "li",
      { class: `chip ${effect in EFFECT_WORDS ? effect : "plain"}` },
      EFFECT_WORDS[effect] ?? effect,
    ),
  );
  return element(
    "header",
    { class: "card-head" },
    element(
      "h3",
      { id: `title-${action.id}` },
      quoted(action.agent),
      " asks for ",
      quoted(`${action.server}/${action.target}`),
    ),
    element("ul", { class: "chips", "aria-label": "Effects" }, ...effects),
  );
}

function factsOf(action: HeldAction, expiry: HTMLElement): HTMLElement {
  const rules = action.policies.map((policy) => element("li", {}, quoted(policy)));
  const { onBehalfOf: behalf } = action;
  return element(
    "dl",
    { class: "facts" },
    ...fact("Why it waits", quoted(action.reason)),
    ...fact(rules.length === 1 ? "Rule" : "Rules", element("ul", { class: "plain-list" }, ...rules)),
    ...fact("On behalf of", behalf === null ? "nobody: the agent’s own rights" : quoted(behalf)),
    ...fact("Owner", quoted(action.owner)),
    ...fact("Stage", element("span", {}, quoted(action.stage), ...bypass(action))),
    ...fact("Approved by", quoted(action.groups.join(" and "))),
    ...fact("Expires", expiry),
    ...fact("Protocol", quoted(action.verb)),
    ...fact("Id", quoted(action.id)),
  );
}

/** Beside the stage, never instead of it (T1). */
function bypass({ bypassable }: HeldAction): HTMLElement[] {
  if (bypassable !== "yes") return [];
  const why = "bypassable: it runs as Doorward’s own OS user and can go around the doors";
  return [element("strong", { class: "bypassable" }, ` ${why}`)];
}

function fact(name: string, value: Node | string): HTMLElement[] {
  return [element("dt", {}, name), element("dd", {}, value)];
}

function argumentBlocks(shown: Shown | null, onSeen: (name: string) => void): HTMLElement[] {
  if (shown === null)
    return [element("p", { class: "notice" }, "The arguments are gone: their payload was destroyed.")];
  const blocks = shown.arguments.map((view) => argumentBlock(view, () => onSeen(view.name)));
  if (shown.kind === "whole" && blocks.length === 0)
    return [element("p", { class: "aside" }, "It has no arguments.")];
  if (shown.kind === "whole") return blocks;
  const size = shown.characters.toLocaleString("en");
  const notice = `Too large to show whole (${size} characters, or nested too deep), so it cannot be approved here. Below is only how each argument begins.`;
  return [element("p", { class: "notice" }, notice), ...blocks];
}

function argumentBlock(view: ArgumentView, seen: () => void): HTMLElement {
  const block = quotedBlock(view.text, `Argument ${view.name}`);
  const caption = element(
    "figcaption",
    {},
    quoted(view.name === "" ? '""' : view.name),
    element("span", {}, view.type),
  );
  whenSeen(block, seen);
  return element("figure", { class: "argument" }, caption, block);
}

/** Opens Approve once every argument has been seen to its end; answers who has to be told of each. */
function gate(approve: HTMLButtonElement, hint: HTMLElement, shown: Shown | null): (name: string) => void {
  const unseen = new Set(shown?.kind === "whole" ? shown.arguments.map(({ name }) => name) : []);
  const canEver = shown?.kind === "whole";
  const refresh = (): void => {
    approve.disabled = !canEver || unseen.size > 0;
    const [first] = unseen;
    if (!canEver) hint.replaceChildren("Cannot be approved here.");
    else if (first === undefined) hint.replaceChildren();
    else hint.replaceChildren("Read ", quoted(first), " to its end to approve.");
  };
  refresh();
  return (name) => {
    unseen.delete(name);
    refresh();
  };
}

/** Calls `seen` once the end of a scrolling block has been brought into its view. */
function whenSeen(block: HTMLElement, seen: () => void): void {
  const check = (): void => {
    if (block.clientHeight === 0 || block.scrollTop + block.clientHeight < block.scrollHeight - 2) return;
    observer.disconnect();
    block.removeEventListener("scroll", check);
    seen();
  };
  const observer = new ResizeObserver(check);
  observer.observe(block);
  block.addEventListener("scroll", check, { passive: true });
}
