import { type ReactNode, useCallback, useEffect, useState } from "react";
import { isProblem } from "../api/problem.ts";
import { keepProof } from "../api/send.ts";
import { type Person, session } from "../api/session.ts";
import { Loading } from "../ui/notice.tsx";
import { arrive, isNew } from "./arrival.ts";
import { PersonContext } from "./person.ts";
import { PresenceProvider } from "./presence.tsx";
import { SetUp, SignIn } from "./sign-in.tsx";

type State =
  | { readonly kind: "opening" }
  | { readonly kind: "out"; readonly problem: unknown }
  | { readonly kind: "in"; readonly person: Person; readonly problem: unknown };

export interface GateProps {
  /** What a person signed in sees. `problem`: why a proof of presence failed, for who comes back from one. */
  readonly children: (inside: { readonly problem: unknown; readonly signOut: () => void }) => ReactNode;
  /** Hands over what to call when Doorward no longer knows who asks. */
  readonly onReady: (signedOut: () => void) => void;
}

/** Lets a person in, and shows nothing of the console before. */
export function Gate({ children, onReady }: GateProps) {
  const [state, setState] = useState<State>({ kind: "opening" });
  const open = useCallback((): void => {
    arrive().then(
      ({ person, problem }) => setState({ kind: "in", person, problem }),
      (cause: unknown) => {
        keepProof(null);
        setState({ kind: "out", problem: isProblem(cause, "not_signed_in") ? null : cause });
      },
    );
  }, []);
  useEffect(() => {
    onReady(() => {
      keepProof(null);
      setState((before) => (before.kind === "in" ? { kind: "out", problem: null } : before));
    });
    open();
  }, [onReady, open]);
  if (state.kind === "opening") return <Loading what="the console" />;
  const enter = (person: Person): void => setState({ kind: "in", person, problem: null });
  if (state.kind === "out") return <SignIn problem={state.problem} enter={enter} />;
  if (isNew(state.person)) return <SetUp person={state.person} done={open} />;
  return (
    <PersonContext value={state.person}>
      <PresenceProvider>
        {children({ problem: state.problem, signOut: () => void signOut() })}
      </PresenceProvider>
    </PersonContext>
  );
}

async function signOut(): Promise<void> {
  await session("POST", "/end").catch(() => null);
  keepProof(null);
  location.reload();
}
