import { useId } from "react";

export interface SelectOption {
  readonly value: string;
  readonly word: string;
}

/** One of a few, by the platform's own list: it works by keyboard, thumb and screen reader as people know it. */
export function SelectField(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly SelectOption[];
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        className="input"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      >
        {props.options.map(({ value, word }) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Yes or no; `hint` says what yes means. */
export function CheckField(props: {
  readonly label: string;
  readonly hint?: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}) {
  const [id, hintId] = [useId(), useId()];
  return (
    <div className="check">
      <input
        id={id}
        type="checkbox"
        checked={props.isChecked}
        onChange={(event) => props.onChange(event.target.checked)}
        {...(props.hint === undefined ? {} : { "aria-describedby": hintId })}
      />
      <div>
        <label htmlFor={id}>{props.label}</label>
        {props.hint === undefined ? null : (
          <p id={hintId} className="soft small">
            {props.hint}
          </p>
        )}
      </div>
    </div>
  );
}
