import { StatusChip } from "../../ui/chip.tsx";
import { useNow } from "../../ui/time.tsx";
import { untilText } from "../../ui/until.ts";

const TONES = { up: "good", down: "bad", gone: "bad", unknown: "plain" } as const;

/** How an upstream is, and until when it is asked after others. */
export function Health(props: {
  readonly health: "up" | "down" | "unknown" | "gone";
  readonly backOffUntil: string | null;
}) {
  const { health, backOffUntil } = props;
  const now = useNow();
  const left = backOffUntil === null ? 0 : Date.parse(backOffUntil) - now;
  return (
    <span className="row">
      <StatusChip word={health === "unknown" ? "not asked yet" : health} tone={TONES[health]} />
      {backOffUntil === null || left <= 0 ? null : (
        <StatusChip word={`asked again ${untilText(Date.parse(backOffUntil), now)}`} tone="wait" />
      )}
    </span>
  );
}
