import { useState } from "react";
import { change } from "../../api/client.ts";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyBlock } from "../../ui/copy.tsx";
import { Form, TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { joinLines } from "./words.ts";

export function AddMachine() {
  const { roles } = usePerson();
  if (!roles.includes("admin")) return null;
  return (
    <DialogButton label="Add machine" title="Add a machine" kind="primary">
      {(close) => <Adding close={close} />}
    </DialogButton>
  );
}

function Adding({ close }: { readonly close: () => void }) {
  const write = useWrite();
  const [name, setName] = useState("");
  const [owner, setOwner] = useState("");
  const [minted, setMinted] = useState<{ readonly key: string; readonly address: string } | null>(null);
  if (minted !== null) return <Joining minted={minted} close={close} />;
  const act = async (): Promise<void> => {
    const given = owner.trim();
    const body = { name: name.trim(), ...(given === "" ? {} : { owner: given }) };
    const what = `let the sensor of ${body.name} tell what is on it`;
    await write({ what, done: "Machine added", stale: ["/fleet/machines"] }, async () => {
      setMinted(await change("/fleet/add-sensor", body));
    });
  };
  return (
    <Form submit="Add machine" act={act}>
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        hint="Small letters, digits, hyphens and dots."
        placeholder="ana-laptop"
        autoComplete="off"
      />
      <TextField
        label="Who answers for it"
        value={owner}
        onChange={setOwner}
        hint="A user, by name; you, where nothing is said. They see what is found on it."
        isRequired={false}
        autoComplete="off"
      />
    </Form>
  );
}

function Joining(props: {
  readonly minted: { readonly key: string; readonly address: string };
  readonly close: () => void;
}) {
  const { key, address } = props.minted;
  return (
    <div className="form">
      <Notice tone="wait">
        <p>The key is shown this once. The sensor asks for it on the machine.</p>
      </Notice>
      <CopyBlock label="Key of the sensor" text={key} />
      <CopyBlock label="On the machine" text={joinLines(new URL(address).origin)} />
      <Button kind="primary" onPress={props.close}>
        Done
      </Button>
    </div>
  );
}
