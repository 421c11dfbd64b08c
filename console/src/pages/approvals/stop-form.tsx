import { useState } from "react";
import { Quoted } from "../../inert/quoted.tsx";
import { Form } from "../../ui/field.tsx";
import { SelectField } from "../../ui/select.tsx";
import { WhyField } from "../stops/why-field.tsx";
import type { Stopping } from "./decide.ts";

const SCOPES = [
  { value: "agent", word: "The agent, in every session" },
  { value: "session", word: "This session of it" },
] as const;

/** A no, and with it an end to all that asks: said in full before it counts. */
export function StopForm(props: { readonly agent: string; readonly stopIt: (stopping: Stopping) => void }) {
  const [stop, setStop] = useState<Stopping["stop"]>("agent");
  const [reason, setReason] = useState("");
  const act = async (): Promise<void> => {
    const why = reason.trim();
    if (why === "") throw new Error("Say why: whoever is refused is told.");
    props.stopIt({ stop, reason: why });
  };
  return (
    <Form submit="Deny and stop it now" act={act}>
      <p>
        This is denied. What is under way of <Quoted text={props.agent} /> is cut, what waits of it is
        withdrawn, and nothing new is let through until a person ends that. Nothing is deleted.
      </p>
      <SelectField
        label="What to stop"
        value={stop}
        options={SCOPES}
        onChange={(value) => setStop(SCOPES.find((one) => one.value === value)?.value ?? "agent")}
      />
      <WhyField value={reason} onChange={setReason} />
    </Form>
  );
}
