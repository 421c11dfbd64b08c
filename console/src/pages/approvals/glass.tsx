import { useState } from "react";
import { Form, LinesField } from "../../ui/field.tsx";

/** A reason that says something: Doorward asks for as many letters. */
const LETTERS_MIN = 10;
const REASON_MAX = 2_000;

/** In need, and with a reason that somebody else will read. */
export function GlassForm({ breakIt }: { readonly breakIt: (reason: string) => void }) {
  const [reason, setReason] = useState("");
  return (
    <Form
      submit="Break the glass"
      act={() => {
        if (lettersIn(reason) < LETTERS_MIN)
          return Promise.reject(new Error(`Say why in a sentence: at least ${LETTERS_MIN} letters.`));
        breakIt(reason);
        return Promise.resolve();
      }}
    >
      <p>
        In need only: it goes through once, within the hour, without the yes that it waits for. Every admin
        and the agent’s owner hear of it at once, and somebody else has to look at it afterwards.
      </p>
      <LinesField
        label="Why nobody can be waited for"
        value={reason}
        onChange={setReason}
        charactersMax={REASON_MAX}
        placeholder="The pager fires and finance is asleep"
        hint="Kept on record, and read by whoever reviews it."
      />
    </Form>
  );
}

export function lettersIn(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}
