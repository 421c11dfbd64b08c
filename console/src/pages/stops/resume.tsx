import { change, type Item } from "../../api/client.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DangerButton } from "../../ui/ask.tsx";

const STALE = ["/stops", "/agents", "/agents/get"] as const;

/** Lets go on what a stop covers; whether this person may is the operation's to say. */
export function Resume({ stop }: { readonly stop: Item<"/stops"> }) {
  const { kind, target, label, inForce } = stop;
  const { roles } = usePerson();
  const write = useWrite();
  const mayEnd = roles.includes("admin") || roles.includes("owner");
  if (!inForce || !mayEnd) return null;
  const body = kind === "everything" ? { kind } : { kind, target };
  return (
    <DangerButton
      label="Resume"
      title="End a stop"
      confirm="Let it go on"
      act={() =>
        write({ what: "end a stop", done: "It may go on", stale: STALE }, () => change("/stops/end", body))
      }
    >
      <p>
        <Quoted text={kind === "everything" ? kind : `${kind} ${label}`} /> may go on. Nothing that was cut is
        sent again.
      </p>
    </DangerButton>
  );
}
