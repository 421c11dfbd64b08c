import { change, look, type Person, Problem } from "./client.ts";
import { announce, button, element } from "./dom.ts";
import { messageOf } from "./form.ts";
import { type Answer, type Card, heldCard } from "./held-card.ts";
import type { HeldAction } from "./holds.table.ts";
import { withPresence } from "./presence.ts";

/** Cards on the page at once; older requests come first, and more appear as these are decided. */
const CARDS_MAX = 40;

export interface Section {
  readonly node: HTMLElement;
  readonly refresh: () => Promise<void>;
}

/** The actions that wait for a person, oldest first. New ones are added below: nothing moves what is being read. */
export function holdsSection(person: Person): Section {
  const cards = new Map<string, Card>();
  const list = element("div", { class: "stack" });
  const count = element("span", { class: "count" });
  const clear = button("Clear decided", "quiet", () => clearSettled(cards, clear));
  const node = element(
    "section",
    { "aria-labelledby": "holds-title" },
    element(
      "div",
      { class: "section-head" },
      element("h2", { id: "holds-title" }, "Waiting for you ", count),
      clear,
    ),
    list,
  );
  const empty = element(
    "p",
    { class: "empty" },
    "Nothing waits. When a rule holds an agent’s action, it appears here.",
  );
  clear.hidden = true;

  const add = async (id: string): Promise<void> => {
    const action = await look<HeldAction>("/approvals/get", { approval: id });
    const card = heldCard(action, (answer) => void decide(person, action, answer, card).then(refreshCount));
    cards.set(id, card);
    list.append(card.node);
    card.tick(Date.now());
  };
  const refreshCount = (): void => {
    const open = [...cards.values()].filter((card) => !card.isSettled()).length;
    count.textContent = String(open);
    clear.hidden = open === cards.size;
    if (cards.size === 0) list.replaceChildren(empty);
    else empty.remove();
  };
  return {
    node,
    refresh: async () => {
      const { items } = await look<{ items: { id: string }[] }>("/approvals", {
        status: "requested",
        limit: "200",
      });
      const waiting = new Set(items.map(({ id }) => id));
      for (const [id, card] of cards) {
        card.tick(Date.now());
        if (!waiting.has(id) && !card.isSettled())
          card.settle("No longer waiting: decided elsewhere, withdrawn or expired.", "plain");
      }
      const fresh = [...waiting]
        .toReversed()
        .filter((id) => !cards.has(id))
        .slice(0, Math.max(0, CARDS_MAX - cards.size));
      for (const id of fresh) await add(id);
      if (fresh.length > 0) announce(`${fresh.length} more waiting for approval`);
      refreshCount();
    },
  };
}

async function decide(person: Person, action: HeldAction, answer: Answer, card: Card): Promise<void> {
  card.problem("");
  const what = `${answer} ${action.agent} → ${action.server}/${action.target}`;
  try {
    const isDone = await withPresence(person, what, () =>
      change(`/approvals/${answer}`, { approval: action.id }),
    );
    if (!isDone || card.isSettled()) return;
    const words = answer === "approve" ? "Approved, once." : "Denied.";
    card.settle(words, answer === "approve" ? "good" : "bad");
    announce(`${words} ${action.agent}, ${action.target}`);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === "not_signed_in") location.reload();
    card.problem(messageOf(cause));
  }
}

function clearSettled(cards: Map<string, Card>, clear: HTMLElement): void {
  for (const [id, card] of cards) {
    if (!card.isSettled()) continue;
    card.node.remove();
    cards.delete(id);
  }
  clear.hidden = true;
}
