import "./choice.css";
import { ToggleButton } from "react-aria-components/ToggleButton";
import { ToggleButtonGroup } from "react-aria-components/ToggleButtonGroup";

export interface Option {
  readonly id: string;
  readonly word: string;
  readonly isDisabled?: boolean;
}

/** A few options side by side, at most one of them chosen; pressing it again takes it back. */
export function Choice(props: {
  readonly label: string;
  readonly value: string | null;
  readonly options: readonly Option[];
  readonly onChange: (value: string | null) => void;
}) {
  const { label, value, options, onChange } = props;
  return (
    <ToggleButtonGroup
      className="choice"
      aria-label={label}
      selectedKeys={value === null ? [] : [value]}
      onSelectionChange={(keys) => {
        const [key = null] = keys;
        onChange(key === null ? null : String(key));
      }}
    >
      {options.map(({ id, word, isDisabled = false }) => (
        <ToggleButton key={id} id={id} className="choice-option" isDisabled={isDisabled}>
          {word}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
