import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, change, type Input } from "../../api/client.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton, DialogButton } from "../../ui/ask.tsx";
import { Form, TextField } from "../../ui/field.tsx";
import { SelectField } from "../../ui/select.tsx";

type Wanted = Input<"/budgets/add">;
type Budget = Answer<"/budgets/get">;

const STALE = ["/budgets", "/budgets/get"] as const;
const METRICS: { readonly [Name in Wanted["metric"]]: string } = {
  requests: "requests",
  tokens: "tokens, read and written",
  "input-tokens": "tokens that models read",
  "output-tokens": "tokens that models write",
  cost: "US dollars",
};
const WINDOWS: { readonly [Name in Wanted["window"]]: string } = {
  minute: "a minute",
  hour: "an hour",
  day: "a day",
  week: "a week",
  month: "a month",
};
const OVERS = [
  { value: "deny", word: "refuse what goes over it" },
  { value: "hold", word: "hold it until somebody says yes" },
] as const;
const MODEL_CHARACTERS_MAX = 300;

const optionsOf = (words: { readonly [value: string]: string }) =>
  Object.entries(words).map(([value, word]) => ({ value, word }));
const METRIC_OPTIONS = optionsOf(METRICS);
const WINDOW_OPTIONS = optionsOf(WINDOWS);

function keyIn<Key extends string>(
  words: { readonly [key in Key]: string },
  value: string,
  otherwise: Key,
): Key {
  const isKey = (text: string): text is Key => Object.hasOwn(words, text);
  return isKey(value) ? value : otherwise;
}

export function AddBudget() {
  return (
    <DialogButton label="Add budget" title="Add budget" kind="primary">
      {(close) => <Adding close={close} />}
    </DialogButton>
  );
}

function Adding({ close }: { readonly close: () => void }) {
  const write = useWrite();
  const navigate = useNavigate();
  const [fields, setFields] = useState(NEW);
  const set = (more: Partial<typeof NEW>): void => setFields({ ...fields, ...more });
  const { name } = fields;
  const act = async (): Promise<void> => {
    const isDone = await write({ what: `add the budget ${name}`, done: "Budget added", stale: STALE }, () =>
      change("/budgets/add", wantedOf(fields)),
    );
    if (!isDone) return;
    close();
    await navigate({ to: "/budgets/$budget", params: { budget: name } });
  };
  return (
    <Form submit="Add budget" act={act}>
      <TextField
        label="Name"
        value={name}
        onChange={(text) => set({ name: text })}
        placeholder="daily"
        hint="Small letters, digits and hyphens."
        autoComplete="off"
      />
      <Limit fields={fields} set={set} />
      <Whom fields={fields} set={set} />
      <Beyond over={fields.over} group={fields.group} set={set} />
    </Form>
  );
}

const NEW = {
  name: "",
  metric: "tokens",
  window: "day",
  amount: "",
  agent: "",
  user: "",
  model: "",
  over: "deny",
  group: "",
};

interface Part {
  readonly fields: typeof NEW;
  readonly set: (more: Partial<typeof NEW>) => void;
}

function Limit({ fields, set }: Part) {
  return (
    <>
      <SelectField
        label="What is counted"
        value={fields.metric}
        options={METRIC_OPTIONS}
        onChange={(metric) => set({ metric })}
      />
      <AmountField metric={fields.metric} value={fields.amount} onChange={(amount) => set({ amount })} />
      <SelectField
        label="In"
        value={fields.window}
        options={WINDOW_OPTIONS}
        onChange={(window) => set({ window })}
      />
    </>
  );
}

function Whom({ fields, set }: Part) {
  return (
    <>
      <TextField
        label="Agent"
        value={fields.agent}
        onChange={(agent) => set({ agent })}
        isRequired={false}
        hint="A name; each, to count every agent by itself; empty, to count all together."
        autoComplete="off"
      />
      <TextField
        label="User"
        value={fields.user}
        onChange={(user) => set({ user })}
        isRequired={false}
        hint="A name, each, or empty: whose agents are counted."
        autoComplete="off"
      />
      <TextField
        label="Model"
        value={fields.model}
        onChange={(model) => set({ model })}
        isRequired={false}
        placeholder="openai/*"
        hint="UPSTREAM/MODEL, a prefix with a *, each, or empty."
        charactersMax={MODEL_CHARACTERS_MAX}
        autoComplete="off"
      />
    </>
  );
}

function AmountField(props: {
  readonly metric: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const isMoney = props.metric === "cost";
  return (
    <TextField
      label={isMoney ? "At most, in US dollars" : "At most"}
      value={props.value}
      onChange={props.onChange}
      placeholder={isMoney ? "25.00" : "2000000"}
      charactersMax={32}
      autoComplete="off"
    />
  );
}

function Beyond(props: {
  readonly over: string;
  readonly group: string;
  readonly set: (more: { readonly over?: string; readonly group?: string }) => void;
}) {
  const { over, group, set } = props;
  return (
    <>
      <SelectField
        label="Beyond it"
        value={over}
        options={OVERS}
        onChange={(value) => set({ over: value })}
      />
      {over === "hold" ? (
        <TextField
          label="Group that may say yes"
          value={group}
          onChange={(text) => set({ group: text })}
          placeholder="admins"
          autoComplete="off"
        />
      ) : null}
    </>
  );
}

function wantedOf(fields: typeof NEW): Wanted {
  const { name, amount, over, group } = fields;
  const scope = Object.fromEntries(
    (["agent", "user", "model"] as const).flatMap((word) =>
      fields[word].trim() === "" ? [] : [[word, fields[word].trim()]],
    ),
  );
  return {
    name,
    metric: keyIn(METRICS, fields.metric, "tokens"),
    window: keyIn(WINDOWS, fields.window, "day"),
    amount: amount.trim(),
    ...scope,
    ...beyondOf({ over, group }),
  };
}

function beyondOf({ over, group }: Answers) {
  return over === "hold" ? ({ over: "hold", group: group.trim() } as const) : ({ over: "deny" } as const);
}

interface Answers {
  readonly over: string;
  readonly group: string;
}

export function ChangeBudget({ budget }: { readonly budget: Budget }) {
  return (
    <DialogButton label="Change" title="Change a budget">
      {(close) => <Changing budget={budget} close={close} />}
    </DialogButton>
  );
}

function Changing({ budget, close }: { readonly budget: Budget; readonly close: () => void }) {
  const { name, metric } = budget;
  const write = useWrite();
  const [amount, setAmount] = useState(budget.amount);
  const [beyond, setBeyond] = useState<Answers>({ over: budget.over, group: budget.group ?? "" });
  const act = async (): Promise<void> => {
    const body = { budget: name, amount: amount.trim(), ...beyondOf(beyond) };
    const isDone = await write(
      { what: `change the budget ${name}`, done: "Budget changed", stale: STALE },
      () => change("/budgets/set", body),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Change it" act={act}>
      <AmountField metric={metric} value={amount} onChange={setAmount} />
      <Beyond {...beyond} set={(more) => setBeyond({ ...beyond, ...more })} />
    </Form>
  );
}

export function ResetBudget({ budget }: { readonly budget: string }) {
  const write = useWrite();
  return (
    <DangerButton
      label="Begin anew"
      title="Let a budget begin anew"
      confirm="Begin anew now"
      act={() =>
        write({ what: `let the budget ${budget} begin anew`, done: "Begun anew", stale: STALE }, () =>
          change("/budgets/reset", { budget }),
        )
      }
    >
      <p>
        <Quoted text={budget} /> counts from nothing again, now. Calls under way count where they began.
      </p>
    </DangerButton>
  );
}

export function RemoveBudget({ budget }: { readonly budget: string }) {
  const write = useWrite();
  const navigate = useNavigate();
  const remove = async (): Promise<boolean> => {
    const what = `remove the budget ${budget}`;
    const isDone = await write({ what, done: "Budget removed", stale: ["/budgets"] }, () =>
      change("/budgets/remove", { budget }),
    );
    if (isDone) await navigate({ to: "/budgets" });
    return isDone;
  };
  return (
    <DangerButton label="Remove" title="Remove a budget" confirm="Remove it" act={remove}>
      <p>
        <Quoted text={budget} /> and what it has counted are removed. Nothing limits then what it limited.
      </p>
    </DangerButton>
  );
}
