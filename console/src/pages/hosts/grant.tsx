import { useState } from "react";
import { change, type Input } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { plain } from "../../inert/inert.ts";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form, TextField } from "../../ui/field.tsx";
import { CheckField, SelectField } from "../../ui/select.tsx";
import { type Option, OPTIONS } from "./words.ts";

const STALE = ["/hosts", "/agents/get", "/agents/blast-radius"] as const;
const AGENTS_MAX = 200;
const HOST_CHARACTERS_MAX = 260;
const ACCESS = [
  { value: "read", word: "read from it" },
  { value: "write", word: "read from it and send to it" },
] as const;

/** `agent`: the one that the page is about; without it, the form asks which. */
export function GrantHost(props: {
  readonly agent: string | undefined;
  readonly kind?: "primary" | "quiet";
}) {
  const { agent, kind = "primary" } = props;
  const { roles } = usePerson();
  // An owner runs agents and never widens what they may do.
  if (!roles.includes("admin")) return null;
  return (
    <DialogButton label="Grant a host" title="Let an agent reach a host" kind={kind}>
      {(close) => <Granting agent={agent} close={close} />}
    </DialogButton>
  );
}

function Granting(props: { readonly agent: string | undefined; readonly close: () => void }) {
  const write = useWrite();
  const [named, setNamed] = useState(props.agent ?? "");
  const [host, setHost] = useState("");
  const [access, setAccess] = useState<(typeof ACCESS)[number]["value"]>("read");
  const [options, setOptions] = useState<readonly Option[]>([]);
  const live = useLiveAgents(props.agent === undefined);
  const agent = named === "" ? (live[0] ?? "") : named;
  const act = async (): Promise<void> => {
    const given = Object.fromEntries(OPTIONS.map(({ name }) => [name, options.includes(name)]));
    const body: Input<"/hosts/grant"> = { agent, host: host.trim().toLowerCase(), access, ...given };
    const what = `let the agent ${agent} reach the host ${body.host}`;
    const isDone = await write({ what, done: "Granted", stale: STALE }, () => change("/hosts/grant", body));
    if (isDone) props.close();
  };
  return (
    <Form submit="Grant it" act={act}>
      {props.agent === undefined ? (
        <SelectField
          label="Agent"
          value={agent}
          options={live.map((name) => ({ value: name, word: plain(name) }))}
          onChange={setNamed}
        />
      ) : null}
      <TextField
        label="Host"
        value={host}
        onChange={setHost}
        placeholder="docs.example.com"
        hint="HOST or HOST:PORT; *.example.com for every host below it; * for all of them, to read only."
        charactersMax={HOST_CHARACTERS_MAX}
        autoComplete="off"
      />
      <SelectField
        label="It may"
        value={access}
        options={ACCESS}
        onChange={(value) => setAccess(value === "write" ? "write" : "read")}
      />
      {OPTIONS.map(({ name, label, hint }) => (
        <CheckField
          key={name}
          label={label}
          hint={hint}
          isChecked={options.includes(name)}
          onChange={(isChecked) =>
            setOptions(isChecked ? [...options, name] : options.filter((one) => one !== name))
          }
        />
      ))}
      <p className="soft small">What it was granted of this host before is replaced.</p>
    </Form>
  );
}

function useLiveAgents(isEnabled: boolean): readonly string[] {
  const agents = useLook("/agents", { limit: AGENTS_MAX }, { isEnabled }).data?.items ?? [];
  return agents.filter(({ revokedAt }) => revokedAt === null).map(({ name }) => name);
}
