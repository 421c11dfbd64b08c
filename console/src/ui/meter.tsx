import "./meter.css";

const NEAR_PERCENT = 80;
const FULL_PERCENT = 100;

export type Fullness = "good" | "wait" | "bad";

/** Enough, near the limit, or at it. */
export function fullnessOf(percent: number): Fullness {
  if (percent >= FULL_PERCENT) return "bad";
  return percent >= NEAR_PERCENT ? "wait" : "good";
}

/** How full something is: `text` says it in words, the bar repeats them. */
export function Meter(props: { readonly label: string; readonly text: string; readonly percent: number }) {
  const { label, text, percent } = props;
  const shown = Math.min(FULL_PERCENT, Math.max(0, percent));
  return (
    <div className="meter">
      <span className="meter-text">{text}</span>
      <span
        className="meter-bar"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={FULL_PERCENT}
        aria-valuenow={shown}
        aria-valuetext={text}
      >
        <span className={`meter-fill ${fullnessOf(percent)}`} style={{ inlineSize: `${shown}%` }} />
      </span>
    </div>
  );
}
