import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { change, type Input } from "../../api/client.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form, LinesField, TextField } from "../../ui/field.tsx";
import { CheckField, SelectField } from "../../ui/select.tsx";
import { KIND_OPTIONS, kindOf } from "./kinds.table.ts";
import { pricesIn } from "./prices.ts";

const URL_CHARACTERS_MAX = 2_000;
const PRICES_CHARACTERS_MAX = 10_000;
const KEY_CHARACTERS_MAX = 8_000;

export function AddUpstream() {
  return (
    <DialogButton label="Add upstream" title="Add model upstream" kind="primary">
      {(close) => <Adding close={close} />}
    </DialogButton>
  );
}

const NEW = { kind: "ollama", name: "", url: "", key: "", prices: "", allowPrivate: false };

function Adding({ close }: { readonly close: () => void }) {
  const write = useWrite();
  const navigate = useNavigate();
  const [fields, setFields] = useState(NEW);
  const set = (more: Partial<typeof NEW>): void => setFields({ ...fields, ...more });
  const { name } = fields;
  const url = fields.url.trim();
  const act = async (): Promise<void> => {
    const what = `add the model upstream ${name}${url === "" ? "" : ` at ${url}`}`;
    const stale = ["/upstreams", "/models", "/models/routes"] as const;
    const isDone = await write({ what, done: "Upstream added", stale }, () =>
      change("/upstreams/add", wantedOf(fields)),
    );
    if (!isDone) return;
    close();
    await navigate({ to: "/models/$upstream", params: { upstream: name } });
  };
  return (
    <Form submit="Ask it for its models and add it" act={act}>
      <SelectField
        label="What runs there"
        value={fields.kind}
        options={KIND_OPTIONS}
        onChange={(kind) => set({ kind })}
      />
      <TextField
        label="Name"
        value={name}
        onChange={(text) => set({ name: text })}
        placeholder="ollama"
        hint="Small letters, digits and hyphens."
        autoComplete="off"
      />
      <Where fields={fields} set={set} />
      <KeyField value={fields.key} onChange={(key) => set({ key })} />
      <PricesField value={fields.prices} onChange={(prices) => set({ prices })} />
      {fields.kind === "vertex" ? <VertexHint /> : null}
    </Form>
  );
}

function Where(props: { readonly fields: typeof NEW; readonly set: (more: Partial<typeof NEW>) => void }) {
  const { fields, set } = props;
  return (
    <>
      <TextField
        label="Address"
        value={fields.url}
        onChange={(url) => set({ url })}
        isRequired={false}
        hint="Left empty: where its kind commonly is."
        charactersMax={URL_CHARACTERS_MAX}
        autoComplete="off"
      />
      {fields.url.trim() === "" ? null : (
        <CheckField
          label="It is on this machine or a private network"
          isChecked={fields.allowPrivate}
          onChange={(allowPrivate) => set({ allowPrivate })}
        />
      )}
    </>
  );
}

function VertexHint() {
  return (
    <p className="soft small">
      With a service account’s key file:{" "}
      <code>doorward upstreams add NAME --kind vertex --service-account FILE</code>
    </p>
  );
}

function wantedOf({ kind, name, url, key, prices, allowPrivate }: typeof NEW): Input<"/upstreams/add"> {
  return {
    name,
    kind: kindOf(kind),
    prices: pricesIn(prices),
    ...(url.trim() === "" ? {} : { url: url.trim(), allowPrivate }),
    ...(key === "" ? {} : { key }),
  };
}

interface Kept {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A key goes to Doorward once, sealed there, and never comes back; no browser is asked to remember it. */
export function KeyField(props: Kept) {
  return (
    <TextField
      {...props}
      label="API key"
      type="password"
      autoComplete="off"
      isRequired={false}
      hint="Kept sealed; it is never shown again, here or anywhere."
      charactersMax={KEY_CHARACTERS_MAX}
    />
  );
}

export function PricesField(props: Kept) {
  return (
    <LinesField
      {...props}
      label="Prices, one on each line"
      isRequired={false}
      placeholder={"gpt-5 = 1.25/10\n* = 2.5/20"}
      hint="MODEL = INPUT/OUTPUT, in US dollars a million tokens. Budgets of money count with them."
      charactersMax={PRICES_CHARACTERS_MAX}
    />
  );
}
