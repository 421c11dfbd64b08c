import { useState } from "react";
import { change } from "../../api/client.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form, TextField } from "../../ui/field.tsx";
import { CheckField } from "../../ui/select.tsx";
import { type Minted, ShownKey } from "./shown-key.tsx";

const PURPOSE_CHARACTERS_MAX = 500;
const KEYLESS_HINT =
  "An address with a secret in it, for Ollama’s clients and others that cannot send a key.";

export function AddAgent() {
  return (
    <DialogButton label="Add agent" title="Add agent" kind="primary">
      {(close) => <Adding close={close} />}
    </DialogButton>
  );
}

function Adding({ close }: { readonly close: () => void }) {
  const write = useWrite();
  const [name, setName] = useState("");
  const [purpose, setPurpose] = useState("");
  const [keyless, setKeyless] = useState(false);
  const [minted, setMinted] = useState<Minted | null>(null);
  if (minted !== null) return <ShownKey minted={minted} close={close} />;
  const act = async (): Promise<void> => {
    await write({ what: `add the agent ${name}`, done: "Agent added", stale: ["/agents"] }, async () => {
      setMinted(await change("/agents/add", { name, purpose, keyless }));
    });
  };
  return (
    <Form submit="Add agent" act={act}>
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        hint="Small letters, digits and hyphens."
        placeholder="mailbot"
        autoComplete="off"
      />
      <TextField
        label="What it is for"
        value={purpose}
        onChange={setPurpose}
        isRequired={false}
        charactersMax={PURPOSE_CHARACTERS_MAX}
      />
      <CheckField
        label="A keyless address too"
        hint={KEYLESS_HINT}
        isChecked={keyless}
        onChange={setKeyless}
      />
    </Form>
  );
}

/** Replaces every key of an agent: whoever holds the old ones is out at once. */
export function NewKey({ agent }: { readonly agent: string }) {
  return (
    <DialogButton label="New key" title="New key" icon="key">
      {(close) => <Rotating agent={agent} close={close} />}
    </DialogButton>
  );
}

function Rotating({ agent, close }: { readonly agent: string; readonly close: () => void }) {
  const write = useWrite();
  const [keyless, setKeyless] = useState(false);
  const [minted, setMinted] = useState<Minted | null>(null);
  if (minted !== null) return <ShownKey minted={minted} close={close} />;
  const act = async (): Promise<void> => {
    const what = `replace every key of the agent ${agent}`;
    const stale = ["/agents", "/agents/get", "/sessions"] as const;
    await write({ what, done: "Keys replaced", stale }, async () => {
      setMinted(await change("/agents/rotate-key", { agent, keyless }));
    });
  };
  return (
    <Form submit="Replace every key" act={act}>
      <p>Every key and session of this agent ends now; only the new key opens the doors.</p>
      <CheckField
        label="A keyless address too"
        hint={KEYLESS_HINT}
        isChecked={keyless}
        onChange={setKeyless}
      />
    </Form>
  );
}
