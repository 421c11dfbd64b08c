import "./sign-in.css";
import { type ReactNode, useEffect, useState } from "react";
import { entered, type Opened, type Person, session } from "../api/session.ts";
import { CommandText } from "../ui/command.tsx";
import { AccountField, ActButton, Form, TextField } from "../ui/field.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { addPasskey, canUsePasskeys, signInWithPasskey } from "./passkey.ts";
import { leaveFor, providerHost } from "./provider.ts";
import mark from "../../mark.svg";

function Door({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Doorward`;
  }, [title]);
  return (
    <main className="door" id="main" tabIndex={-1}>
      <p className="door-brand">
        <img src={mark} alt="" width="28" height="28" />
        Doorward
      </p>
      <div className="door-sheet">
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

/** The page for who is not signed in. `problem`: why, where there is something to say. */
export function SignIn(props: { readonly problem: unknown; readonly enter: (person: Person) => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const host = useProviderHost();
  const signIn = async (): Promise<void> =>
    props.enter(entered(await session<Opened>("POST", "/sign-in", { name, password })));
  return (
    <Door title="Sign in">
      <ProblemNotice problem={props.problem} />
      {host === null ? null : (
        <>
          <ActButton kind="primary" act={() => leaveFor("sign-in")}>
            Sign in with {host}
          </ActButton>
          <p className="or">or</p>
        </>
      )}
      <Form submit="Sign in" act={signIn}>
        <TextField label="Name" value={name} onChange={setName} autoComplete="username" />
        <TextField
          label="Password"
          value={password}
          onChange={setPassword}
          type="password"
          autoComplete="current-password"
        />
      </Form>
      {canUsePasskeys() ? (
        <ActButton act={async () => props.enter(entered(await signInWithPasskey()))}>
          Sign in with a passkey
        </ActButton>
      ) : null}
      <div className="door-foot">
        <p className="soft small">Or open a one-time login link, which an admin makes:</p>
        <CommandText text="doorward login-links create NAME" />
      </div>
    </Door>
  );
}

/** The first step of a new user: nothing can be approved before there is a way to show presence. */
export function SetUp(props: { readonly person: Person; readonly done: () => void }) {
  const [password, setPassword] = useState("");
  const keep = async (): Promise<void> => {
    await session("POST", "/password", { password });
    props.done();
  };
  return (
    <Door title={`Welcome, ${props.person.name}`}>
      <p>
        Set a passkey or a password first. You confirm with it whenever you approve what an agent asks for.
      </p>
      {canUsePasskeys() ? (
        <ActButton
          kind="primary"
          act={async () => {
            await addPasskey("First passkey");
            props.done();
          }}
        >
          Create a passkey
        </ActButton>
      ) : (
        <p className="soft small">Passkeys need the address localhost and a browser that has them.</p>
      )}
      <p className="or">or</p>
      <Form submit="Set password" act={keep}>
        <AccountField name={props.person.name} />
        <TextField
          label="New password, at least 12 characters"
          value={password}
          onChange={setPassword}
          type="password"
          autoComplete="new-password"
        />
      </Form>
      <p className="soft small">
        The command line asks for the password; a passkey works in the console alone.
      </p>
    </Door>
  );
}

function useProviderHost(): string | null {
  const [host, setHost] = useState<string | null>(null);
  useEffect(() => {
    void providerHost().then(setHost, () => setHost(null));
  }, []);
  return host;
}
