import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { change, type Input } from "../../api/client.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form, LinesField, TextField } from "../../ui/field.tsx";
import { linesIn } from "../../ui/lines.ts";
import { CheckField, SelectField } from "../../ui/select.tsx";

const KINDS = [
  { value: "url", word: "It has an address (HTTP)" },
  { value: "command", word: "Doorward runs it (stdio)" },
] as const;
const URL_CHARACTERS_MAX = 2_000;
const COMMAND_CHARACTERS_MAX = 8_000;
const LINES_CHARACTERS_MAX = 20_000;

export function AddServer() {
  return (
    <DialogButton label="Add server" title="Add MCP server" kind="primary">
      {(close) => <Adding close={close} />}
    </DialogButton>
  );
}

const NEW = { kind: "url", name: "", url: "", command: "", folders: "", hosts: "", allowPrivate: false };

interface Part {
  readonly fields: typeof NEW;
  readonly set: (more: Partial<typeof NEW>) => void;
}

function Adding({ close }: { readonly close: () => void }) {
  const write = useWrite();
  const navigate = useNavigate();
  const [fields, setFields] = useState(NEW);
  const set = (more: Partial<typeof NEW>): void => setFields({ ...fields, ...more });
  const { name, kind } = fields;
  const act = async (): Promise<void> => {
    const body = wantedOf(fields);
    const what = `add the server ${name}: ${body.url ?? body.command?.join(" ") ?? ""}`;
    const isDone = await write({ what, done: "Server added", stale: ["/servers", "/tools"] }, () =>
      change("/servers/add", body),
    );
    if (!isDone) return;
    close();
    await navigate({ to: "/servers/$server", params: { server: name } });
  };
  return (
    <Form submit="Pin and connect it" act={act}>
      <TextField
        label="Name"
        value={name}
        onChange={(text) => set({ name: text })}
        placeholder="fs"
        hint="Small letters, digits and hyphens: agents see its tools under it."
        autoComplete="off"
      />
      <SelectField
        label="How it is reached"
        value={kind}
        options={KINDS}
        onChange={(value) => set({ kind: value })}
      />
      {kind === "url" ? <Address fields={fields} set={set} /> : <Command fields={fields} set={set} />}
      <p className="soft small">
        Its tools wait here until somebody has read them. Headers, variables and OAuth clients are given on
        the command line: <code>doorward servers add --help</code>
      </p>
    </Form>
  );
}

function Address({ fields, set }: Part) {
  return (
    <>
      <TextField
        label="Address"
        value={fields.url}
        onChange={(url) => set({ url })}
        placeholder="https://mcp.example.com/mcp"
        charactersMax={URL_CHARACTERS_MAX}
        autoComplete="off"
      />
      <CheckField
        label="It may be on this machine or a private network"
        isChecked={fields.allowPrivate}
        onChange={(allowPrivate) => set({ allowPrivate })}
      />
    </>
  );
}

function Command({ fields, set }: Part) {
  return (
    <>
      <LinesField
        label="Program and its arguments, one on each line"
        value={fields.command}
        onChange={(command) => set({ command })}
        placeholder={"npx\n-y\n@modelcontextprotocol/server-filesystem\n/srv/files"}
        hint="No shell reads them. It runs on Doorward’s machine, in a sandbox of its own: it sees its own home, its program, and what is named below."
        charactersMax={COMMAND_CHARACTERS_MAX}
      />
      <LinesField
        label="Folders that it sees, one on each line"
        value={fields.folders}
        onChange={(folders) => set({ folders })}
        placeholder={"/srv/files\n/srv/notes:rw"}
        hint="To read; with :rw at the end to write as well."
        isRequired={false}
        charactersMax={LINES_CHARACTERS_MAX}
        rows={2}
      />
      <LinesField
        label="Hosts that it reaches, one on each line"
        value={fields.hosts}
        onChange={(hosts) => set({ hosts })}
        placeholder={"api.github.com\n*.example.com:8443"}
        hint="By TLS; without any, it has no network."
        isRequired={false}
        charactersMax={LINES_CHARACTERS_MAX}
        rows={2}
      />
    </>
  );
}

function wantedOf(fields: typeof NEW): Input<"/servers/add"> {
  const { kind, name, url, allowPrivate } = fields;
  if (kind === "url") return { name, url: url.trim(), allowPrivate };
  const [folders, hosts] = [linesIn(fields.folders), linesIn(fields.hosts)];
  return {
    name,
    command: linesIn(fields.command),
    ...(folders.length === 0 ? {} : { folders }),
    ...(hosts.length === 0 ? {} : { hosts }),
  };
}
