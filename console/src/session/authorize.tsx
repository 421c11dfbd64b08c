import { useCallback, useEffect, useRef, useState } from "react";
import { change } from "../api/client.ts";
import { isProblem } from "../api/problem.ts";
import { Quoted } from "../inert/quoted.tsx";
import { ActButton } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Section } from "../ui/page.tsx";
import { announce } from "../ui/toast.tsx";
import { dropCallback, isConnection, keptCallback, serverOf } from "./callback.ts";
import { usePresence } from "./presence.tsx";

/** Problems after which the same answer may still be good: the person is asked for something first, or nobody heard. */
const KEEPING = ["not_signed_in", "presence_required", "permission_denied", "unreachable"];

/** Completes what an authorization server sent back, if anything waits to be completed, and says how it ended. */
export function AuthorizeBanner() {
  const [callback] = useState(keptCallback);
  const connects = callback !== null && isConnection(callback);
  const server = callback === null ? null : serverOf(callback);
  useEffect(() => {
    if (callback !== null && server === null && !connects) dropCallback();
  }, [callback, server, connects]);
  if (callback === null) return null;
  if (connects) {
    return (
      <Section title="Access to your account">
        <Finishing to={ACCOUNT} callback={callback} />
      </Section>
    );
  }
  return (
    <Section title="Access to an MCP server">
      {server === null ? (
        <Notice tone="bad" isAlert>
          <p className="result bad">
            The address names no server of Doorward. Start again with the server's link.
          </p>
        </Notice>
      ) : (
        <Finishing to={serverTo(server)} callback={callback} />
      )}
    </Section>
  );
}

/** What somebody came back from, and how it is finished. */
interface Ending {
  readonly name: string;
  readonly what: string;
  readonly finish: (callback: string) => Promise<unknown>;
}

const serverTo = (server: string): Ending => ({
  name: server,
  what: `let Doorward use the server ${server}`,
  finish: (callback) => change("/servers/authorize", { server, callback }),
});
const ACCOUNT: Ending = {
  name: "your account",
  what: "connect your account",
  finish: (callback) => change("/vault/connected", { callback }),
};

function Finishing({ to, callback }: { readonly to: Ending; readonly callback: string }) {
  const withPresence = usePresence();
  const [isDone, setDone] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const begun = useRef(false);
  const finish = useCallback(async (): Promise<void> => {
    const act = (): Promise<unknown> => to.finish(callback);
    const isConfirmed = await withPresence(to.what, act).catch((cause: unknown) => {
      if (!KEEPING.some((code) => isProblem(cause, code))) dropCallback();
      throw cause;
    });
    if (!isConfirmed) return;
    dropCallback();
    setDone(true);
    announce(`Doorward may use ${to.name} now.`);
  }, [withPresence, to, callback]);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    place.current?.querySelector("button")?.click();
  }, []);
  if (isDone) {
    return (
      <Notice tone="good">
        <p className="result good">
          Doorward may use <Quoted text={to.name} /> now.
        </p>
      </Notice>
    );
  }
  return (
    <Notice tone="plain">
      <p>
        <Quoted text={to.name} /> sent you back. Doorward finishes what you agreed to there.
      </p>
      <div ref={place} className="row">
        <ActButton kind="primary" act={finish}>
          Finish
        </ActButton>
      </div>
    </Notice>
  );
}
