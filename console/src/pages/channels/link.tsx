import { useState } from "react";
import { change, type Done } from "../../api/client.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyBlock } from "../../ui/copy.tsx";
import { useAct } from "../../ui/field.tsx";
import { FormProblem } from "../../ui/notice.tsx";
import { Until } from "../../ui/time.tsx";

type Code = Done<"/channels/link">;

/** Gives a one-time code that is sent from the account that is to be linked. */
export function LinkAccount({ channel }: { readonly channel: string }) {
  return (
    <DialogButton label="Link my account" title="Link your account">
      {(close) => <Linking channel={channel} close={close} />}
    </DialogButton>
  );
}

function Linking({ channel, close }: { readonly channel: string; readonly close: () => void }) {
  const write = useWrite();
  const [code, setCode] = useState<Code | null>(null);
  const { isBusy, problem, run } = useAct(async () => {
    const what = "link an account that then answers as you";
    await write({ what, done: "Send the code", stale: ["/channels/links", "/channels"] }, async () =>
      setCode(await change("/channels/link", { channel })),
    );
  });
  if (code !== null) return <Shown code={code} close={close} />;
  return (
    <>
      <p>
        Whoever sends the code on <Quoted text={channel} /> answers requests as you from then on. It is good
        once, for ten minutes.
      </p>
      <FormProblem problem={problem} />
      <div className="row end">
        <Button kind="plain" onPress={close}>
          Cancel
        </Button>
        <Button kind="primary" isBusy={isBusy} onPress={run}>
          Get a code
        </Button>
      </div>
    </>
  );
}

function Shown({
  code: { send, to, where, expiresAt },
  close,
}: {
  readonly code: Code;
  readonly close: () => void;
}) {
  return (
    <>
      <p>
        Send this to <Quoted text={to} />, from your own account there. It ends <Until at={expiresAt} />.
      </p>
      <p>{where}</p>
      <CopyBlock label="Message" text={send} />
      <div className="row end">
        <Button kind="primary" onPress={close}>
          Done
        </Button>
      </div>
    </>
  );
}
