import { useState } from "react";
import { change, type Item } from "../../api/client.ts";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { Form, LinesField } from "../../ui/field.tsx";

type Session = Item<"/sessions">;

const WORDS_MAX = 4_000;

/** In the person's own words, what a session is for: what they name there may be acted on. */
export function Mandate({ session }: { readonly session: Session }) {
  return (
    <DialogButton label="Say what it is for" title="Say what this session is for">
      {(close) => <Saying session={session} close={close} />}
    </DialogButton>
  );
}

function Saying({
  session: { id, agent },
  close,
}: {
  readonly session: Session;
  readonly close: () => void;
}) {
  const write = useWrite();
  const [words, setWords] = useState("");
  const act = async (): Promise<void> => {
    const what = `say what a session of the agent ${agent} is for`;
    const isDone = await write({ what, done: "Said", stale: ["/sessions"] }, () =>
      change("/mandates/give", { session: id, words: words.trim() }),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Say it" act={act}>
      <p>
        Write what you want done as you would tell a colleague. The people, files and addresses that you name
        here may be acted on; what others write to the agent never counts as your words.
      </p>
      <LinesField
        label="In your own words"
        value={words}
        onChange={setWords}
        placeholder="Send the report of March to ana@example.org"
        charactersMax={WORDS_MAX}
        rows={4}
      />
    </Form>
  );
}
