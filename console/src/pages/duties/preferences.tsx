import { useState } from "react";
import { type Answer, change } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form, TextField } from "../../ui/field.tsx";
import { ProblemNotice } from "../../ui/notice.tsx";
import { Facts, Panel, Section } from "../../ui/page.tsx";
import { limitOf } from "./words.ts";

type Wanted = Answer<"/approvers/preferences">;

/** When and how much one wants to be asked. */
export function Preferences() {
  const { data, error } = useLook("/approvers/preferences");
  if (data === undefined) return <ProblemNotice problem={error} />;
  const { quiet, zone, openMax, dayMax } = data;
  return (
    <Section title="When you are asked" aside={<Change wanted={data} />}>
      <Panel>
        <Facts
          facts={[
            ["Quiet hours", quiet === null ? "none" : `${quiet} (${zone})`],
            ["Cards at once", openMax === null ? "as many as come" : `${openMax} at most`],
            ["Cards a day", dayMax === null ? "as many as come" : `${dayMax} at most`],
          ]}
        />
        <p className="soft small">
          Others are asked instead, as long as they are enough: somebody is always asked before a request
          ends.
        </p>
      </Panel>
    </Section>
  );
}

function Change({ wanted }: { readonly wanted: Wanted }) {
  return (
    <DialogButton label="Change" title="When you are asked">
      {(close) => <Changing wanted={wanted} close={close} />}
    </DialogButton>
  );
}

const textOf = (limit: number | null): string => (limit === null ? "" : String(limit));

function Changing({ wanted, close }: { readonly wanted: Wanted; readonly close: () => void }) {
  const write = useWrite();
  const [quiet, setQuiet] = useState(wanted.quiet ?? "");
  const [zone, setZone] = useState(wanted.quiet === null ? hereZone(wanted.zone) : wanted.zone);
  const [openMax, setOpenMax] = useState(textOf(wanted.openMax));
  const [dayMax, setDayMax] = useState(textOf(wanted.dayMax));
  const act = async (): Promise<void> => {
    const body = {
      quiet: quiet.trim() === "" ? "none" : quiet.trim(),
      zone: zone.trim(),
      openMax: limitOf(openMax),
      dayMax: limitOf(dayMax),
    };
    const what = "say when you want to be asked";
    const isDone = await write({ what, done: "Kept", stale: ["/approvers/preferences"] }, () =>
      change("/approvers/prefer", body),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Keep it" act={act}>
      <TextField
        label="Quiet hours"
        value={quiet}
        onChange={setQuiet}
        isRequired={false}
        placeholder="22:00-07:00"
        hint="Empty: none. At most 16 hours."
        autoComplete="off"
      />
      <TextField
        label="Time zone"
        value={zone}
        onChange={setZone}
        placeholder="Europe/Berlin"
        hint="The clocks that these hours are of."
        autoComplete="off"
      />
      <TextField
        label="Cards at once, at most"
        value={openMax}
        onChange={setOpenMax}
        isRequired={false}
        hint="Empty: as many as come."
        charactersMax={5}
        autoComplete="off"
      />
      <TextField
        label="Cards a day, at most"
        value={dayMax}
        onChange={setDayMax}
        isRequired={false}
        hint="Empty: as many as come."
        charactersMax={5}
        autoComplete="off"
      />
    </Form>
  );
}

/** The browser's own, where nothing was said. */
function hereZone(otherwise: string): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || otherwise;
}
