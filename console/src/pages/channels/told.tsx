import { change } from "../../api/client.ts";
import { subscribe, whyNot } from "../../push/subscribe.ts";
import { useWrite } from "../../session/write.ts";
import { ActButton } from "../../ui/field.tsx";

/** Has this browser told when something waits; what is pushed says no more than that. */
export function TellThisBrowser({
  channel,
  publicKey,
}: {
  readonly channel: string;
  readonly publicKey: string;
}) {
  const write = useWrite();
  const reason = whyNot();
  if (reason !== null) return <span className="soft">{reason}</span>;
  return (
    <ActButton
      act={async () => {
        const subscription = await subscribe(publicKey);
        const what = "have this browser told when a request waits for you";
        await write({ what, done: "This browser is told", stale: ["/channels/routes"] }, () =>
          change("/channels/subscribe", { channel, subscription }),
        );
      }}
    >
      Tell this browser
    </ActButton>
  );
}
