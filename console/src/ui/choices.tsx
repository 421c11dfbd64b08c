import "./choice.css";
import { ToggleButton } from "react-aria-components/ToggleButton";
import { ToggleButtonGroup } from "react-aria-components/ToggleButtonGroup";
import type { Option } from "./choice.tsx";

/** A few options side by side, any number of them chosen; they wrap on a phone. */
export function Choices(props: {
  readonly label: string;
  readonly value: readonly string[];
  readonly options: readonly Option[];
  readonly onChange: (value: string[]) => void;
}) {
  const { label, value, options, onChange } = props;
  return (
    <div className="choices-field">
      <span className="choices-label" aria-hidden="true">
        {label}
      </span>
      <ToggleButtonGroup
        className="choices"
        aria-label={label}
        selectionMode="multiple"
        selectedKeys={value}
        onSelectionChange={(keys) => onChange(options.map(({ id }) => id).filter((id) => keys.has(id)))}
      >
        {options.map(({ id, word }) => (
          <ToggleButton key={id} id={id} className="choices-option">
            {word}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}
