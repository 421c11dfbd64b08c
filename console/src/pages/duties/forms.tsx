import { useState } from "react";
import { change } from "../../api/client.ts";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form, TextField } from "../../ui/field.tsx";

const STALE = ["/duties", "/duties/now"] as const;
const NEW = { until: "", from: "", to: "", group: "", of: "" };
type Fields = typeof NEW;

interface Part {
  readonly fields: Fields;
  readonly set: (more: Partial<Fields>) => void;
}

/** Nobody is asked in one's place, or whoever stands in. */
export function BeAway() {
  return (
    <DialogButton label="I am away" title="Out of office">
      {(close) => <Away close={close} />}
    </DialogButton>
  );
}

function Away({ close }: { readonly close: () => void }) {
  const write = useWrite();
  const [fields, setFields] = useState(NEW);
  const set = (more: Partial<Fields>): void => setFields({ ...fields, ...more });
  const act = async (): Promise<void> => {
    const body = bodyOf(fields, ["from", "to", "of"]);
    const what = "say that somebody is out of office";
    const isDone = await write({ what, done: "On record", stale: STALE }, () => change("/duties/out", body));
    if (isDone) close();
  };
  return (
    <Form submit="Be away" act={act}>
      <p>You are not asked meanwhile, while others are there. You may answer all the same.</p>
      <Times fields={fields} set={set} />
      <TextField
        label="Who stands in"
        value={fields.to}
        onChange={(to) => set({ to })}
        isRequired={false}
        hint="A user’s name; empty: nobody."
        autoComplete="off"
      />
      <Whose fields={fields} set={set} />
    </Form>
  );
}

export function HandOver() {
  return (
    <DialogButton label="Hand over a duty" title="Hand over a duty" kind="primary">
      {(close) => <Handing close={close} />}
    </DialogButton>
  );
}

function Handing({ close }: { readonly close: () => void }) {
  const write = useWrite();
  const [fields, setFields] = useState(NEW);
  const set = (more: Partial<Fields>): void => setFields({ ...fields, ...more });
  const act = async (): Promise<void> => {
    const body = { ...bodyOf(fields, ["from", "group", "of"]), to: fields.to.trim() };
    const isDone = await write({ what: "hand over a duty", done: "Handed over", stale: STALE }, () =>
      change("/duties/hand-over", body),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Hand over" act={act}>
      <p>They answer with that duty, and it is on record as that. They get no other right.</p>
      <TextField label="To" value={fields.to} onChange={(to) => set({ to })} autoComplete="off" />
      <TextField
        label="Group"
        value={fields.group}
        onChange={(group) => set({ group })}
        isRequired={false}
        placeholder="finance"
        hint="Empty: of all groups."
        autoComplete="off"
      />
      <Times fields={fields} set={set} />
      <Whose fields={fields} set={set} />
    </Form>
  );
}

function Times({ fields, set }: Part) {
  return (
    <>
      <TextField
        label="Until"
        value={fields.until}
        onChange={(until) => set({ until })}
        placeholder="14d"
        hint="How long, as 8h or 14d, or a time as 2026-12-31T08:00:00Z."
        charactersMax={40}
        autoComplete="off"
      />
      <TextField
        label="From"
        value={fields.from}
        onChange={(from) => set({ from })}
        isRequired={false}
        hint="Empty: now."
        charactersMax={40}
        autoComplete="off"
      />
    </>
  );
}

/** What another answers for is an admin's to hand over. */
function Whose({ fields, set }: Part) {
  const { roles } = usePerson();
  if (!roles.includes("admin")) return null;
  return (
    <TextField
      label="Of whom"
      value={fields.of}
      onChange={(of) => set({ of })}
      isRequired={false}
      hint="A user’s name; empty: yourself."
      autoComplete="off"
    />
  );
}

type Said = { readonly [name in Exclude<keyof Fields, "until">]?: string };

/** What was filled in, of these. */
function bodyOf(fields: Fields, names: readonly (keyof Said)[]): Said & { readonly until: string } {
  const filled = names.filter((name) => fields[name].trim() !== "");
  const said: Said = Object.fromEntries(filled.map((name) => [name, fields[name].trim()]));
  return { ...said, until: fields.until.trim() };
}
