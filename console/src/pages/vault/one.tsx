import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, change, type Input } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted, QuotedList } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton, DialogButton } from "../../ui/ask.tsx";
import { Form } from "../../ui/field.tsx";
import { Loading, ProblemNotice } from "../../ui/notice.tsx";
import { linesIn } from "../../ui/lines.ts";
import { DetailHead, Facts, Panel, Section } from "../../ui/page.tsx";
import { Time } from "../../ui/time.tsx";
import { StopButton } from "../stops/stop-button.tsx";
import { Stopped } from "../stops/stopped.tsx";
import { Bound, Line } from "./add.tsx";
import { KINDS, kindOf, type SecretPart } from "./kinds.table.ts";
import { SecretFields, useSecrets } from "./secrets.tsx";
import { CredentialState } from "./state.tsx";
import { type Given, settingWords } from "./words.ts";

type Credential = Answer<"/vault/get">;

const EVERY_MS = 10_000;
const BACK = { to: "/vault", title: "Credentials" } as const;
const STALE = ["/vault", "/vault/get", "/agents/blast-radius"] as const;
const OPENS_MANAGER: readonly SecretPart[] = [
  { name: "secret", label: "What opens the manager", isFile: false, isRequired: true },
];

/** One credential: where it goes and for whom, when it was last used, and everything but what it is. */
export function CredentialPage() {
  const { credential } = useParams({ from: "/vault/$credential" });
  const { data, error, isPending } = useLook("/vault/get", { credential }, { everyMs: EVERY_MS });
  return (
    <>
      <DetailHead
        name={data?.name ?? credential}
        back={BACK}
        aside={data === undefined ? null : <Acts credential={data} />}
      >
        {data === undefined ? null : <CredentialState credential={data} />}
      </DetailHead>
      {data === undefined ? null : <Stopped kind="credential" target={data.id} />}
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="the credential" /> : null}
      {data === undefined ? null : <Whole credential={data} />}
    </>
  );
}

function Whole({ credential }: { readonly credential: Credential }) {
  const { settings } = credential;
  const said = Object.entries(settings).filter(([, value]) => value !== null);
  return (
    <div className="columns">
      <Section title="About it">
        <Panel>
          <AboutIt credential={credential} />
        </Panel>
      </Section>
      <Section title="What is said of it">
        <Panel>
          {said.length === 0 ? (
            <p className="soft">Nothing: its secret is all there is, and that is shown nowhere.</p>
          ) : (
            <Facts
              facts={said.map(([name, value]) => [name, <Quoted key={name} text={settingWords(value)} />])}
            />
          )}
        </Panel>
      </Section>
    </div>
  );
}

function AboutIt({ credential }: { readonly credential: Credential }) {
  const { kind, owner, to, agents, version, reference, expiresAt, rotatedAt, lastUsedAt } = credential;
  return (
    <Facts
      facts={[
        ["Kind", KINDS[kindOf(kind)].word],
        ["Of", <Quoted text={owner} />],
        ["Goes to", <QuotedList words={to} />],
        ["For", agents.length === 0 ? "every agent of its owner’s" : <QuotedList words={agents} />],
        ["Kept", reference === null ? "here, sealed" : <Quoted text={reference} />],
        ["Last use", lastUsedAt === null ? "never" : <Time at={lastUsedAt} />],
        ["Ends", expiresAt === null ? "never" : <Time at={expiresAt} />],
        ["Secret", `version ${version}`],
        ["Changed", rotatedAt === null ? "never" : <Time at={rotatedAt} />],
        ["Added", <Time at={credential.createdAt} />],
        ["Id", <Quoted text={credential.id} />],
      ]}
    />
  );
}

function Acts({ credential }: { readonly credential: Credential }) {
  const isConnection = credential.kind === "oauth" && credential.owner.startsWith("user:");
  return (
    <>
      {isConnection ? null : (
        <DialogButton label="New secret" title="Give it a new secret" icon="key">
          {(close) => <Rotating credential={credential} close={close} />}
        </DialogButton>
      )}
      <DialogButton label="Change" title="Bind it to other places">
        {(close) => <Binding credential={credential} close={close} />}
      </DialogButton>
      <StopButton kind="credential" target={credential.id} name={credential.name} />
      <Remove credential={credential} isConnection={isConnection} />
    </>
  );
}

interface Changing {
  readonly credential: Credential;
  readonly close: () => void;
}

function Rotating({ credential: { id, name, kind, reference }, close }: Changing) {
  const write = useWrite();
  const [fields, setFields] = useState<Given>({});
  const { keep, take, clear } = useSecrets();
  const act = async (): Promise<void> => {
    const expires = (fields["expires"] ?? "").trim();
    const body = { credential: id, ...(await take()), ...(expires === "" ? {} : { expires }) };
    const what = `give the credential ${name} a new secret`;
    const isDone = await write({ what, done: "It has a new secret", stale: STALE }, () =>
      change("/vault/rotate", body),
    );
    if (!isDone) return;
    clear();
    close();
  };
  return (
    <Form submit="Replace the secret" act={act}>
      <p>The old one is gone then, and what was approved with it has to be asked again.</p>
      <SecretFields parts={reference === null ? KINDS[kindOf(kind)].secrets : OPENS_MANAGER} keep={keep} />
      <Line
        name="expires"
        label="Ends after, or at"
        placeholder="90d"
        hint="Empty: it does not."
        isRequired={false}
        fields={fields}
        set={(field, text) => setFields({ ...fields, [field]: text })}
      />
    </Form>
  );
}

function Binding({ credential: { id, name, to, agents }, close }: Changing) {
  const write = useWrite();
  const [fields, setFields] = useState<Given>({ to: to.join("\n"), agents: agents.join("\n") });
  const act = async (): Promise<void> => {
    const expires = (fields["expires"] ?? "").trim();
    const body: Input<"/vault/set"> = {
      credential: id,
      to: linesIn(fields["to"] ?? ""),
      agents: linesIn(fields["agents"] ?? ""),
      ...(expires === "" ? {} : { expires }),
    };
    const what = `change where the credential ${name} may go`;
    const isDone = await write({ what, done: "Changed", stale: STALE }, () => change("/vault/set", body));
    if (isDone) close();
  };
  return (
    <Form submit="Change it" act={act}>
      <Bound
        fields={fields}
        set={(field, text) => setFields((before) => ({ ...before, [field]: text }))}
        emptyEnd="Empty: as it is now."
      />
    </Form>
  );
}

/** A connection is ended at its provider as well. */
function Remove(props: { readonly credential: Credential; readonly isConnection: boolean }) {
  const { credential, isConnection } = props;
  const { id, name } = credential;
  const write = useWrite();
  const navigate = useNavigate();
  const remove = async (): Promise<boolean> => {
    const what = `remove the credential ${name}`;
    const isDone = await write({ what, done: "Removed", stale: ["/vault", "/vault/status"] }, () =>
      isConnection
        ? change("/vault/disconnect", { connection: id })
        : change("/vault/remove", { credential: id }),
    );
    if (isDone) await navigate({ to: "/vault" });
    return isDone;
  };
  return (
    <DangerButton
      label={isConnection ? "Disconnect" : "Remove"}
      title="Remove it from the vault"
      confirm={isConnection ? "Disconnect it" : "Remove it"}
      act={remove}
    >
      <p>
        The sealed secret of <Quoted text={name} /> is destroyed, and its placeholders are worth nothing any
        more.
      </p>
    </DangerButton>
  );
}
