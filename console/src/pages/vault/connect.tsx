import { useState } from "react";
import { change } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { plain } from "../../inert/inert.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form } from "../../ui/field.tsx";
import { SelectField } from "../../ui/select.tsx";
import { webAddress } from "../servers/web-address.ts";

/** Where doorward.yaml names providers, the way to connect one's own account at one of them. */
export function Connect() {
  const providers = useLook("/vault/status").data?.providers ?? [];
  if (providers.length === 0) return null;
  return (
    <DialogButton label="Connect an account" title="Connect an account of yours">
      {() => <Connecting providers={providers} />}
    </DialogButton>
  );
}

/** INVARIANT: the address that carries the state is opened by the person, in this window, and kept nowhere else. */
function Connecting({ providers }: { readonly providers: readonly string[] }) {
  const write = useWrite();
  const [provider, setProvider] = useState(providers[0] ?? "");
  const [url, setUrl] = useState<string | null>(null);
  const act = async (): Promise<void> => {
    const what = `connect your account at ${provider}`;
    await write({ what, done: "Agree at the provider now", stale: [] }, async () => {
      setUrl((await change("/vault/connect", { provider })).url);
    });
  };
  if (url !== null) return <Agree url={url} />;
  return (
    <Form submit="Go on" act={act}>
      <p>Agents that act for you then use it, and never see its tokens.</p>
      <SelectField
        label="Provider"
        value={provider}
        options={providers.map((name) => ({ value: name, word: plain(name) }))}
        onChange={setProvider}
      />
    </Form>
  );
}

function Agree({ url }: { readonly url: string }) {
  const address = webAddress(url);
  if (address === null) return <p>The provider’s address is none that a browser may open.</p>;
  return (
    <>
      <p>Agree there within ten minutes; you come back here, and Doorward finishes it.</p>
      <p>
        <a href={address.href} rel="noreferrer">
          Agree at <Quoted text={address.host} />
        </a>
      </p>
    </>
  );
}
