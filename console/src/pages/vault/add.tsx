import { useState } from "react";
import { change, type Input } from "../../api/client.ts";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form, LinesField, TextField } from "../../ui/field.tsx";
import { linesIn } from "../../ui/lines.ts";
import { SelectField } from "../../ui/select.tsx";
import { KIND_OPTIONS, type KindField, KINDS, kindOf, type SecretPart } from "./kinds.table.ts";
import { SecretFields, useSecrets } from "./secrets.tsx";
import { type Given, pairsIn, settingsOf } from "./words.ts";

const STALE = ["/vault", "/vault/status"] as const;
const TEXT_CHARACTERS_MAX = 2_000;
const LINES_CHARACTERS_MAX = 20_000;
/** A refresh token and a certificate are the vault's own to keep. */
const NEVER_ELSEWHERE = ["oauth", "mtls"];
const OPENS_MANAGER: readonly SecretPart[] = [
  { name: "secret", label: "What opens the manager", isFile: false, isRequired: true },
];
const OWNERS = [
  { value: "organisation", word: "the organisation’s" },
  { value: "team", word: "a team’s: for agents that act for its members" },
  { value: "mine", word: "mine: for agents that act for me" },
];
const KEPT = [
  { value: "here", word: "here, sealed" },
  { value: "elsewhere", word: "in a secret manager, read when it is needed" },
];
const NEW: Given = { kind: "bearer", owner: "organisation", kept: "here" };

interface Part {
  readonly fields: Given;
  readonly set: (name: string, text: string) => void;
}

export function AddCredential() {
  return (
    <DialogButton label="Add credential" title="Put a credential into the vault" kind="primary">
      {(close) => <Adding close={close} />}
    </DialogButton>
  );
}

function Adding({ close }: { readonly close: () => void }) {
  const write = useWrite();
  const mayAll = usePerson().roles.includes("admin");
  const [fields, setFields] = useState<Given>({ ...NEW, owner: mayAll ? "organisation" : "mine" });
  const set = (name: string, text: string): void => setFields((before) => ({ ...before, [name]: text }));
  const { keep, take, clear } = useSecrets();
  const kind = kindOf(fields["kind"] ?? "");
  const act = async (): Promise<void> => {
    const name = (fields["name"] ?? "").trim();
    const body: Input<"/vault/add"> = { ...plainOf(fields), ...(await take()) };
    const what = `put the credential ${name} into the vault`;
    const isDone = await write({ what, done: "It is in the vault", stale: STALE }, () =>
      change("/vault/add", body),
    );
    if (!isDone) return;
    clear();
    close();
  };
  return (
    <Form submit="Put it in" act={act}>
      <Line name="name" label="Name" placeholder="github" fields={fields} set={set} />
      <SelectField
        label="What it is"
        value={kind}
        options={KIND_OPTIONS}
        onChange={(value) => set("kind", value)}
      />
      {KINDS[kind].fields.map((field) => (
        <KindPart key={field.name} field={field} fields={fields} set={set} />
      ))}
      <Bound fields={fields} set={set} />
      {mayAll ? (
        <Whose fields={fields} set={set} />
      ) : (
        <p className="soft small">It is yours: for agents that act for you.</p>
      )}
      {NEVER_ELSEWHERE.includes(kind) ? null : <Kept fields={fields} set={set} />}
      <SecretFields key={`${kind} ${where(fields)}`} parts={partsOf(fields)} keep={keep} />
      <p className="soft small">
        It is sealed at once, and shown to nobody again: not here, not to an agent.
      </p>
    </Form>
  );
}

function where(fields: Given): string {
  const isHere = fields["kept"] !== "elsewhere" || NEVER_ELSEWHERE.includes(kindOf(fields["kind"] ?? ""));
  return isHere ? "here" : "elsewhere";
}

function partsOf(fields: Given): readonly SecretPart[] {
  return where(fields) === "here" ? KINDS[kindOf(fields["kind"] ?? "")].secrets : OPENS_MANAGER;
}

function KindPart({ field, fields, set }: Part & { readonly field: KindField }) {
  const { name, takes } = field;
  const props = {
    label: field.label,
    value: fields[name] ?? "",
    onChange: (text: string) => set(name, text),
    isRequired: field.isRequired,
    charactersMax: TEXT_CHARACTERS_MAX,
    ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
    ...(field.hint === undefined ? {} : { hint: field.hint }),
  };
  return takes === "line" ? <TextField {...props} autoComplete="off" /> : <LinesField {...props} rows={2} />;
}

/** Where it may go, for whom, and until when. */
export function Bound({
  fields,
  set,
  emptyEnd = "Empty: it does not.",
}: Part & { readonly emptyEnd?: string }) {
  return (
    <>
      <LinesField
        label="Where it may go, one place on each line"
        value={fields["to"] ?? ""}
        onChange={(text) => set("to", text)}
        placeholder="https://api.github.com"
        hint="[METHODS ]https://HOST[:PORT][/PATH]; *.example.com is every host below it. Nowhere else is it sent."
        charactersMax={LINES_CHARACTERS_MAX}
        rows={2}
      />
      <LinesField
        label="Only for these agents, one on each line"
        value={fields["agents"] ?? ""}
        onChange={(text) => set("agents", text)}
        placeholder="mailbot"
        hint="None: every agent that acts for its owner."
        isRequired={false}
        charactersMax={LINES_CHARACTERS_MAX}
        rows={2}
      />
      <Line
        name="expires"
        label="Ends after, or at"
        placeholder="90d"
        hint={`90d, or a time such as 2027-01-31T00:00:00Z. ${emptyEnd}`}
        isRequired={false}
        fields={fields}
        set={set}
      />
    </>
  );
}

function Whose({ fields, set }: Part) {
  return (
    <>
      <SelectField
        label="Whose it is"
        value={fields["owner"] ?? "organisation"}
        options={OWNERS}
        onChange={(value) => set("owner", value)}
      />
      {fields["owner"] === "team" ? (
        <Line name="team" label="Team" placeholder="finance" fields={fields} set={set} />
      ) : null}
    </>
  );
}

function Kept({ fields, set }: Part) {
  return (
    <>
      <SelectField
        label="Where the secret is kept"
        value={fields["kept"] ?? "here"}
        options={KEPT}
        onChange={(value) => set("kept", value)}
      />
      {fields["kept"] === "elsewhere" ? (
        <LinesField
          label="Where it is there, NAME=TEXT on each line"
          value={fields["reference"] ?? ""}
          onChange={(text) => set("reference", text)}
          placeholder={"manager=hashicorp\nurl=https://vault.example.com:8200\npath=team/github\nfield=token"}
          hint="Managers: hashicorp (OpenBao too), aws, gcp, azure, 1password."
          charactersMax={TEXT_CHARACTERS_MAX}
          rows={4}
        />
      ) : null}
    </>
  );
}

export function Line(
  props: Part & {
    readonly name: string;
    readonly label: string;
    readonly placeholder: string;
    readonly hint?: string;
    readonly isRequired?: boolean;
  },
) {
  const { name, fields, set } = props;
  return (
    <TextField
      label={props.label}
      value={fields[name] ?? ""}
      onChange={(text) => set(name, text)}
      placeholder={props.placeholder}
      isRequired={props.isRequired ?? true}
      charactersMax={TEXT_CHARACTERS_MAX}
      autoComplete="off"
      {...(props.hint === undefined ? {} : { hint: props.hint })}
    />
  );
}

/** Everything but the secret, as the operation takes it. */
function plainOf(fields: Given): Input<"/vault/add"> {
  const { owner, team = "", expires = "" } = fields;
  const kind = kindOf(fields["kind"] ?? "");
  return {
    name: (fields["name"] ?? "").trim(),
    kind,
    to: linesIn(fields["to"] ?? ""),
    agents: linesIn(fields["agents"] ?? ""),
    mine: owner === "mine",
    ...settingsOf(kind, fields),
    ...(owner === "team" ? { team: team.trim() } : {}),
    ...(expires.trim() === "" ? {} : { expires: expires.trim() }),
    ...(where(fields) === "elsewhere" ? { reference: pairsIn(fields["reference"] ?? "") } : {}),
  };
}
