import { useState } from "react";
import { plain } from "../../inert/inert.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { Choices } from "../../ui/choices.tsx";
import { Form, TextField } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { SelectField } from "../../ui/select.tsx";
import type { Wish } from "./decide.ts";
import { boundsText, checkedWish, firstScope, SCOPE_WORDS, type Terms } from "./grant-words.ts";

/** How far a yes shall reach beyond the call that was read: within what its rules allow, written out before it is given. */
export function GrantForm(props: {
  readonly tool: string;
  readonly terms: Terms;
  /** The scope to begin with, where the rules allow it. */
  readonly wished?: string | null;
  readonly give: (wish: Wish) => void;
}) {
  const { tool, terms } = props;
  const [scope, setScope] = useState<string>(firstScope(terms, props.wished ?? null));
  const [varies, setVaries] = useState<readonly string[]>([]);
  const [times, setTimes] = useState("1");
  const [until, setUntil] = useState(terms.expiresAfter);
  const wish = { scope, varies, times, until };
  return (
    <Form
      submit="Approve and grant"
      // What is wrong with it is said here: whatever is thrown within rejects.
      act={() => new Promise((done) => done(props.give(checkedWish(wish, terms))))}
    >
      <SelectField
        label="How far"
        value={scope}
        options={terms.scopes.map((value) => ({ value, word: SCOPE_WORDS[value] }))}
        onChange={setScope}
      />
      {scope === "pattern" ? (
        <Choices
          label="May be anything"
          value={varies}
          options={terms.varies.map((id) => ({ id, word: plain(id) }))}
          onChange={setVaries}
        />
      ) : null}
      <TextField
        label="Further calls"
        value={times}
        onChange={setTimes}
        hint={`At most ${terms.timesMax}, beyond the one you read.`}
        charactersMax={5}
        autoComplete="off"
      />
      <TextField
        label="For how long"
        value={until}
        onChange={setUntil}
        hint={`As 30m or 2h; at most ${terms.expiresAfter}.`}
        charactersMax={40}
        autoComplete="off"
      />
      <Notice>
        <p>
          Without asking again: <Quoted text={tool} />, {boundsText(wish)}. Each use is on record, and you
          take it back under Grants.
        </p>
      </Notice>
    </Form>
  );
}
