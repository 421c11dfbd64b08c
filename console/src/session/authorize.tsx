import { useCallback, useEffect, useRef, useState } from "react";
import { change } from "../api/client.ts";
import { isProblem } from "../api/problem.ts";
import { Quoted } from "../inert/quoted.tsx";
import { ActButton } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Section } from "../ui/page.tsx";
import { announce } from "../ui/toast.tsx";
import { dropCallback, keptCallback, serverOf } from "./callback.ts";
import { usePresence } from "./presence.tsx";

/** Problems after which the same answer may still be good: the person is asked for something first, or nobody heard. */
const KEEPING = ["not_signed_in", "presence_required", "permission_denied", "unreachable"];

/** Completes what an authorization server sent back, if anything waits to be completed, and says how it ended. */
export function AuthorizeBanner() {
  const [callback] = useState(keptCallback);
  const server = callback === null ? null : serverOf(callback);
  useEffect(() => {
    if (callback !== null && server === null) dropCallback();
  }, [callback, server]);
  if (callback === null) return null;
  return (
    <Section title="Access to an MCP server">
      {server === null ? (
        <Notice tone="bad" isAlert>
          <p className="result bad">
            The address names no server of Doorward. Start again with the server's link.
          </p>
        </Notice>
      ) : (
        <Finishing server={server} callback={callback} />
      )}
    </Section>
  );
}

function Finishing({ server, callback }: { readonly server: string; readonly callback: string }) {
  const withPresence = usePresence();
  const [isDone, setDone] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const begun = useRef(false);
  const finish = useCallback(async (): Promise<void> => {
    const act = (): Promise<unknown> => change("/servers/authorize", { server, callback });
    const isConfirmed = await withPresence(`let Doorward use the server ${server}`, act).catch(
      (cause: unknown) => {
        if (!KEEPING.some((code) => isProblem(cause, code))) dropCallback();
        throw cause;
      },
    );
    if (!isConfirmed) return;
    dropCallback();
    setDone(true);
    announce(`Doorward may use ${server} now.`);
  }, [withPresence, server, callback]);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    place.current?.querySelector("button")?.click();
  }, []);
  if (isDone) {
    return (
      <Notice tone="good">
        <p className="result good">
          Doorward may use <Quoted text={server} /> now.
        </p>
      </Notice>
    );
  }
  return (
    <Notice tone="plain">
      <p>
        <Quoted text={server} /> sent you back. Doorward finishes what you agreed to there.
      </p>
      <div ref={place} className="row">
        <ActButton kind="primary" act={finish}>
          Finish
        </ActButton>
      </div>
    </Notice>
  );
}
