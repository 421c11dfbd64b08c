import "./chip.css";
import { EFFECT_WORDS } from "./effects.table.ts";
import { Icon, type IconName } from "./icon.tsx";

interface Look {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: "good" | "wait" | "bad" | "plain";
}

/** Each decision has a word and a shape of its own: colour only repeats what they say. */
const DECISIONS: { readonly [verdict: string]: Look } = {
  allow: { word: "allowed", icon: "check", tone: "good" },
  hold: { word: "held", icon: "pause", tone: "wait" },
  deny: { word: "refused", icon: "cross", tone: "bad" },
};

/** What Doorward decided: `allow`, `hold` or `deny`; null where an entry decides nothing. */
export function DecisionChip({ verdict }: { readonly verdict: string | null }) {
  const { word, icon, tone } = DECISIONS[verdict ?? ""] ?? {
    word: verdict ?? "noted",
    icon: "unknown" as const,
    tone: "plain" as const,
  };
  return (
    <span className={`chip ${tone}`} data-verdict={verdict ?? "none"}>
      <Icon name={icon} size={12} />
      {word}
    </span>
  );
}

/** Any other state in one word, with its tone: `<StatusChip word="revoked" tone="bad" />`. */
export function StatusChip({
  word,
  tone = "plain",
}: {
  readonly word: string;
  readonly tone?: Look["tone"];
}) {
  return (
    <span className={`chip ${tone}`}>
      <span className="chip-dot" aria-hidden="true" />
      {word}
    </span>
  );
}

/** What an action does to the world, the worst last. */
export function EffectChips({ effects }: { readonly effects: readonly string[] }) {
  return (
    <ul className="chips" aria-label="Effects">
      {effects.map((effect) => (
        <li key={effect} className={`chip effect ${effect in EFFECT_WORDS ? effect : "plain"}`}>
          {EFFECT_WORDS[effect] ?? effect}
        </li>
      ))}
    </ul>
  );
}
