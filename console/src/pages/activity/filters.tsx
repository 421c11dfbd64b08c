import { useEffect, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Choice } from "../../ui/choice.tsx";
import { type ActivitySearch, activitySearch, DOORS, VERDICTS } from "./search.ts";

const VERDICT_WORDS = { allow: "Allowed", hold: "Held", deny: "Refused" } as const;
/** How long after the last key a name is searched for. */
const TYPED_MS = 300;

export function Filters(props: {
  readonly search: ActivitySearch;
  readonly change: (next: ActivitySearch) => void;
}) {
  const { search, change } = props;
  const set = (name: keyof ActivitySearch, value: string | null): void =>
    change(activitySearch({ ...search, [name]: value ?? undefined }));
  return (
    <search className="filters" aria-label="Narrow the activity">
      <Choice
        label="Decision"
        value={search.verdict ?? null}
        options={VERDICTS.map((verdict) => ({ id: verdict, word: VERDICT_WORDS[verdict] }))}
        onChange={(verdict) => set("verdict", verdict)}
      />
      <Choice
        label="Door"
        value={search.door ?? null}
        options={DOORS.map((door) => ({ id: door, word: door }))}
        onChange={(door) => set("door", door)}
      />
      <NameFilter label="Agent" value={search.agent ?? ""} change={(name) => set("agent", name)} />
      <NameFilter label="Server" value={search.server ?? ""} change={(name) => set("server", name)} />
      {Object.keys(search).length === 0 ? null : (
        <Button kind="plain" onPress={() => change({})}>
          Clear
        </Button>
      )}
    </search>
  );
}

function NameFilter(props: {
  readonly label: string;
  readonly value: string;
  readonly change: (name: string) => void;
}) {
  const { label, value, change } = props;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => change(text), TYPED_MS);
    return () => clearTimeout(timer);
  }, [text, value, change]);
  return (
    <TextField
      label={label}
      placeholder={label}
      value={text}
      onChange={setText}
      type="search"
      isRequired={false}
      isBare
    />
  );
}
