import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { isProblem } from "../api/problem.ts";
import { type Person, session } from "../api/session.ts";
import { Quoted } from "../inert/quoted.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { AccountField, ActButton, Form, TextField } from "../ui/field.tsx";
import { canUsePasskeys, confirmWithPasskey } from "./passkey.ts";
import { leaveFor } from "./provider.ts";
import { usePerson } from "./person.ts";

/**
 * Does `act`, and where Doorward asks for presence first, asks the person for passkey or password and does it then.
 * `what` says what they confirm, after "You are about to". Answers false when they cancel.
 */
export type WithPresence = (what: string, act: () => Promise<unknown>) => Promise<boolean>;

interface Asked {
  readonly what: string;
  readonly answer: (isConfirmed: boolean) => void;
}

const Context = createContext<WithPresence>(() => Promise.resolve(false));

export function usePresence(): WithPresence {
  return useContext(Context);
}

/** Asks for presence on behalf of everything inside; one question at a time. */
export function PresenceProvider({ children }: { readonly children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const withPresence = useCallback<WithPresence>(async (what, act) => {
    try {
      await act();
      return true;
    } catch (cause) {
      if (!isProblem(cause, "presence_required")) throw cause;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    setAsked((before) => {
      before?.answer(false);
      return { what, answer: resolve };
    });
    const isConfirmed = await promise;
    setAsked(null);
    if (isConfirmed) await act();
    return isConfirmed;
  }, []);
  return (
    <Context value={withPresence}>
      {children}
      {asked === null ? null : <PresenceDialog asked={asked} />}
    </Context>
  );
}

function PresenceDialog({ asked: { what, answer } }: { readonly asked: Asked }) {
  const person = usePerson();
  return (
    <Dialog title="Confirm it is you" isOpen close={() => answer(false)}>
      <p>
        You are about to <Quoted text={what} />.
      </p>
      <Ways person={person} done={() => answer(true)} />
      <div className="row end">
        <Button kind="plain" onPress={() => answer(false)}>
          Cancel
        </Button>
      </div>
    </Dialog>
  );
}

function Ways({ person, done }: { readonly person: Person; readonly done: () => void }) {
  const [password, setPassword] = useState("");
  const confirm = async (): Promise<void> => {
    await session("POST", "/presence", { password });
    done();
  };
  return (
    <>
      {person.provider === null ? null : (
        <>
          <ActButton kind="primary" act={() => leaveFor("presence")}>
            Confirm with {person.provider}
          </ActButton>
          <p className="soft small">You come back to this page; then do it once more.</p>
        </>
      )}
      {person.passkeys > 0 && canUsePasskeys() ? (
        <ActButton
          kind="primary"
          act={async () => {
            await confirmWithPasskey();
            done();
          }}
        >
          Use a passkey
        </ActButton>
      ) : null}
      {person.hasPassword ? (
        <Form submit="Confirm" act={confirm}>
          <AccountField name={person.name} />
          <TextField
            label="Password"
            value={password}
            onChange={setPassword}
            type="password"
            autoComplete="current-password"
          />
        </Form>
      ) : null}
    </>
  );
}
