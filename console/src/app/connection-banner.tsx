import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { connection } from "../api/connection.ts";
import { send } from "../api/send.ts";
import { CommandText } from "../ui/command.tsx";
import { Notice } from "../ui/notice.tsx";

const RETRY_MS = 2_000;

/** Says that what is shown is no longer fresh while Doorward does not answer, and brings it back when it does. */
export function ConnectionBanner() {
  const isLost = useSyncExternalStore(connection.subscribe, connection.isLost);
  const queries = useQueryClient();
  useEffect(() => {
    if (!isLost) return undefined;
    const timer = setInterval(() => {
      const asked = send(new Request(new URL("/healthz", location.origin)));
      asked.then(
        () => queries.invalidateQueries(),
        () => undefined,
      );
    }, RETRY_MS);
    return () => clearInterval(timer);
  }, [isLost, queries]);
  if (!isLost) return null;
  return (
    <Notice tone="bad" isAlert>
      <p>
        <strong>Connection lost.</strong> Doorward does not answer; what is here may be old. Trying again…
      </p>
      <div>
        <CommandText text="npm start" />
      </div>
    </Notice>
  );
}
