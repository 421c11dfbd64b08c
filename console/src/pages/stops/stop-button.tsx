import { useState } from "react";
import { change } from "../../api/client.ts";
import { plain } from "../../inert/inert.ts";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form, TextField } from "../../ui/field.tsx";
import { SelectField } from "../../ui/select.tsx";
import { stopOf, useStops } from "./stopped.tsx";
import { WhyField } from "./why-field.tsx";
import { KINDS, type StopKind } from "./words.ts";

const STALE = ["/stops", "/agents", "/agents/get", "/approvals", "/sessions"] as const;
const TARGET_CHARACTERS_MAX = 300;

/** Who may stop something at all; whether this thing is the operation's to say. */
const STOPPERS = ["admin", "approver", "owner"];

export function useMayStop(): boolean {
  const { roles } = usePerson();
  return STOPPERS.some((role) => roles.some((one) => one === role));
}

/**
 * Stops one thing that the page is about; nothing where it is stopped already. `name`: what people call it, where its
 * target is an id.
 */
export function StopButton(props: {
  readonly kind: StopKind;
  readonly target: string;
  readonly name?: string;
}) {
  const { kind, target, name = target } = props;
  const isStopped = stopOf(useStops(), kind, target) !== null;
  if (!useMayStop() || isStopped) return null;
  return (
    <DialogButton label="Stop" title={`Stop ${kind} ${plain(name)}`} kind="danger">
      {(close) => <Stopping kind={kind} target={target} close={close} />}
    </DialogButton>
  );
}

/** In the bar of every page: cuts everything that goes on, before anybody knows what it is. */
export function StopEverything() {
  const isStopped = stopOf(useStops(), "everything", "*") !== null;
  if (!useMayStop() || isStopped) return null;
  return (
    <div className="bar-stop">
      <DialogButton
        label={<span className="bar-stop-word">Stop everything</span>}
        title="Stop everything"
        kind="danger"
        icon="stop"
      >
        {(close) => <Stopping kind="everything" target={null} close={close} />}
      </DialogButton>
    </div>
  );
}

/** Stops anything by its name or id; everything first, for whoever does not know yet what it is. */
export function StopAnything() {
  return (
    <DialogButton label="Stop something" title="Stop something" kind="danger">
      {(close) => <Choosing close={close} />}
    </DialogButton>
  );
}

function Choosing({ close }: { readonly close: () => void }) {
  const [kind, setKind] = useState<StopKind>("everything");
  const [target, setTarget] = useState("");
  return (
    <Stopping kind={kind} target={kind === "everything" ? null : target} close={close}>
      <SelectField
        label="What"
        value={kind}
        options={KINDS}
        onChange={(value) => setKind(KINDS.find((one) => one.value === value)?.value ?? "everything")}
      />
      {kind === "everything" ? null : (
        <TextField
          label="Which"
          value={target}
          onChange={setTarget}
          hint="By name, or by id where it has none."
          charactersMax={TARGET_CHARACTERS_MAX}
          autoComplete="off"
        />
      )}
    </Stopping>
  );
}

function Stopping(props: {
  readonly kind: StopKind;
  readonly target: string | null;
  readonly close: () => void;
  readonly children?: React.ReactNode;
}) {
  const { kind, target, close } = props;
  const write = useWrite();
  const [reason, setReason] = useState("");
  const act = async (): Promise<void> => {
    const body = { kind, reason, ...(target === null ? {} : { target: target.trim() }) };
    const isDone = await write({ what: `stop ${kind}`, done: "Stopped", stale: STALE }, () =>
      change("/stops/add", body),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Stop it now" act={act}>
      <p>What is under way of it is cut, and nothing new is let through. Nothing is deleted.</p>
      {props.children}
      <WhyField value={reason} onChange={setReason} />
    </Form>
  );
}
