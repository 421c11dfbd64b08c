import { TextField } from "../../ui/field.tsx";

const REASON_CHARACTERS_MAX = 500;

/** Why something is stopped. */
export function WhyField(props: { readonly value: string; readonly onChange: (reason: string) => void }) {
  return (
    <TextField
      label="Why"
      value={props.value}
      onChange={props.onChange}
      hint="Told to whoever is refused, and kept."
      charactersMax={REASON_CHARACTERS_MAX}
      autoComplete="off"
    />
  );
}
