import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { change, type Input } from "../../api/client.ts";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form, LinesField, TextField } from "../../ui/field.tsx";
import { FileField } from "../../ui/file.tsx";
import { linesIn } from "../../ui/lines.ts";
import { CheckField, SelectField } from "../../ui/select.tsx";

const STALE = ["/apis", "/servers", "/tools"] as const;
const URL_CHARACTERS_MAX = 2_000;
const LINES_CHARACTERS_MAX = 20_000;
const FROM = [
  { value: "url", word: "It has an address" },
  { value: "file", word: "A file of mine" },
] as const;
const ACCEPT = [
  { value: "none", word: "nothing: each operation waits for review" },
  { value: "reads", word: "what only reads" },
  { value: "all", word: "everything in it" },
] as const;
const NEW = {
  from: "url",
  url: "",
  document: "",
  name: "",
  servers: "",
  only: "",
  allowPrivate: false,
  accept: "none" as (typeof ACCEPT)[number]["value"],
};

export function AddApi() {
  const { roles } = usePerson();
  if (!roles.includes("admin")) return null;
  return (
    <DialogButton label="Add API" title="Add an API" kind="primary">
      {(close) => <Adding close={close} />}
    </DialogButton>
  );
}

interface Part {
  readonly fields: typeof NEW;
  readonly set: (more: Partial<typeof NEW>) => void;
}

function Adding({ close }: { readonly close: () => void }) {
  const write = useWrite();
  const navigate = useNavigate();
  const [fields, setFields] = useState(NEW);
  const set = (more: Partial<typeof NEW>): void => setFields((before) => ({ ...before, ...more }));
  const act = async (): Promise<void> => {
    const what = `add the API ${fields.name.trim() || "of this document"}`;
    let added = "";
    const isDone = await write({ what, done: "API added", stale: STALE }, async () => {
      ({ name: added } = await change("/apis/add", wantedOf(fields)));
    });
    if (!isDone) return;
    close();
    await navigate({ to: "/apis/$api", params: { api: added } });
  };
  return (
    <Form submit="Read it and add it" act={act}>
      <Document fields={fields} set={set} />
      <Places fields={fields} set={set} />
      <SelectField
        label="Accept now"
        value={fields.accept}
        options={ACCEPT}
        onChange={(value) => set({ accept: ACCEPT.find((one) => one.value === value)?.value ?? "none" })}
      />
      <CheckField
        label="It may be on this machine or a private network"
        hint="Its document, and the API itself."
        isChecked={fields.allowPrivate}
        onChange={(allowPrivate) => set({ allowPrivate })}
      />
    </Form>
  );
}

function Document({ fields, set }: Part) {
  return (
    <>
      <SelectField
        label="Its OpenAPI document"
        value={fields.from}
        options={FROM}
        onChange={(from) => set({ from })}
      />
      {fields.from === "url" ? (
        <TextField
          label="Address"
          value={fields.url}
          onChange={(url) => set({ url })}
          placeholder="https://api.example.com/openapi.json"
          charactersMax={URL_CHARACTERS_MAX}
          autoComplete="off"
        />
      ) : (
        <FileField label="File" onText={(document) => set({ document })} hint="JSON or YAML." />
      )}
    </>
  );
}

function Places({ fields, set }: Part) {
  return (
    <>
      <TextField
        label="Name"
        value={fields.name}
        onChange={(name) => set({ name })}
        placeholder="crm"
        hint="Small letters, digits and hyphens; without one, it is made of the document’s title."
        isRequired={false}
        autoComplete="off"
      />
      <LinesField
        label="Where it is served, one address on each line"
        value={fields.servers}
        onChange={(servers) => set({ servers })}
        placeholder="https://crm.example.com/api"
        hint="In place of what the document says, which is believed only of the host that it came from."
        isRequired={false}
        charactersMax={LINES_CHARACTERS_MAX}
        rows={2}
      />
      <LinesField
        label="Only paths that begin so, one on each line"
        value={fields.only}
        onChange={(only) => set({ only })}
        placeholder="/repos"
        isRequired={false}
        charactersMax={LINES_CHARACTERS_MAX}
        rows={2}
      />
    </>
  );
}

function wantedOf({ from, url, document, name, servers, only, allowPrivate, accept }: typeof NEW) {
  const given = name.trim();
  return {
    document: from === "url" ? url.trim() : document,
    servers: linesIn(servers),
    only: linesIn(only),
    allowPrivate,
    accept,
    ...(given === "" ? {} : { name: given }),
  } satisfies Input<"/apis/add">;
}
