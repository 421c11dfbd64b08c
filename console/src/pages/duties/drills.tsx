import { useState } from "react";
import { type Answer, change } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { plain } from "../../inert/inert.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DangerButton, DialogButton } from "../../ui/ask.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { Form, TextField } from "../../ui/field.tsx";
import { ProblemNotice } from "../../ui/notice.tsx";
import { Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";

type Drill = Answer<"/drills">["items"][number];

const STALE = ["/drills"] as const;

const DRILLS: readonly Column<Drill>[] = [
  { title: "What", cell: ({ what }) => plain(what.replaceAll("-", " ")) },
  { title: "When", cell: ({ at }) => <Time at={at} /> },
  { title: "Answer", cell: ({ answer }) => <Said answer={answer} /> },
  { title: "By", cell: ({ by }) => (by === null ? "nobody" : <Quoted text={by} />) },
];

/** Requests that nobody should say yes to, put before approvers on purpose. Off until an admin says otherwise. */
export function Drills() {
  const { roles } = usePerson();
  const { data, error } = useLook("/drills");
  if (data === undefined) return <ProblemNotice problem={error} />;
  const { items } = data;
  const every = data.every === "off" ? null : data.every;
  return (
    <Section
      title="Drills"
      count={items.length}
      {...(roles.includes("admin") ? { aside: <Plan every={every} /> } : {})}
    >
      <p className="soft">
        {every === null ? "Off. " : `About every ${plain(every)}. `}A drill looks like any other request, and
        nothing can ever be released by it. It should be denied.
      </p>
      {items.length === 0 ? null : (
        <Table label="Drills" columns={DRILLS} rows={items} keyOf={({ approval }) => approval} />
      )}
    </Section>
  );
}

function Said({ answer }: { readonly answer: string | null }) {
  if (answer === null) return <StatusChip word="unanswered" tone="wait" />;
  return answer === "deny" ? (
    <StatusChip word="denied, as it should be" tone="good" />
  ) : (
    <StatusChip word="approved" tone="bad" />
  );
}

function Plan({ every }: { readonly every: string | null }) {
  return (
    <div className="row">
      <DialogButton label={every === null ? "Turn drills on" : "Change"} title="Drills">
        {(close) => <Planning every={every} close={close} />}
      </DialogButton>
      {every === null ? null : <Off />}
    </div>
  );
}

function Planning({ every, close }: { readonly every: string | null; readonly close: () => void }) {
  const write = useWrite();
  const [often, setOften] = useState(every ?? "7d");
  const act = async (): Promise<void> => {
    const what = "have drills put before approvers";
    const isDone = await write({ what, done: "Drills come now and then", stale: STALE }, () =>
      change("/drills/set", { every: often.trim() }),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Have drills" act={act}>
      <TextField
        label="About how often"
        value={often}
        onChange={setOften}
        hint="As 7d. At no hour that can be known."
        charactersMax={10}
        autoComplete="off"
      />
    </Form>
  );
}

function Off() {
  const write = useWrite();
  return (
    <DangerButton
      label="Turn off"
      title="Turn drills off"
      confirm="Turn them off"
      act={() =>
        write({ what: "turn drills off", done: "Drills are off", stale: STALE }, () =>
          change("/drills/set", { every: "off" }),
        )
      }
    >
      <p>No more drills come. How those that were answered is kept.</p>
    </DangerButton>
  );
}
