import { useState } from "react";
import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { plain } from "../../inert/inert.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DangerButton } from "../../ui/ask.tsx";
import { ActButton } from "../../ui/field.tsx";
import { Loading, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead, Section } from "../../ui/page.tsx";
import { SelectField } from "../../ui/select.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time, Until } from "../../ui/time.tsx";
import { StopButton } from "../stops/stop-button.tsx";
import { Stopped } from "../stops/stopped.tsx";

type Own = Item<"/tokens">;
type Other = Item<"/sign-ins">;

const EVERY_MS = 10_000;
const USERS_MAX = 200;
const KINDS: { readonly [kind: string]: string } = { console: "a browser", cli: "a terminal or token" };

const OWN: readonly Column<Own>[] = [
  { title: "Sign-in", cell: ({ id }) => <Quoted text={id} /> },
  { title: "At", cell: ({ kind, current }) => (current ? "this browser" : (KINDS[kind] ?? kind)) },
  { title: "Since", cell: ({ createdAt }) => <Time at={createdAt} />, isWideOnly: true },
  { title: "Ends", cell: ({ expiresAt }) => <Until at={expiresAt} /> },
  { title: "Change it", cell: (own) => <Acts own={own} /> },
];

const OTHERS: readonly Column<Other>[] = [
  { title: "Sign-in", cell: ({ id }) => <Quoted text={id} /> },
  { title: "At", cell: ({ kind }) => KINDS[kind] ?? kind },
  { title: "Since", cell: ({ createdAt }) => <Time at={createdAt} />, isWideOnly: true },
  { title: "Ends", cell: ({ expiresAt }) => <Until at={expiresAt} /> },
];

/** Where one is signed in; an admin sees where others are, and signs them out. */
export function SignInsPage() {
  const { roles } = usePerson();
  const { data, error, isPending } = useLook("/tokens", undefined, { everyMs: EVERY_MS });
  return (
    <>
      <PageHead title="Sign-ins">Browsers, terminals and tokens that act as you.</PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="sign-ins" /> : null}
      {data === undefined ? null : (
        <Section title="Yours" count={data.items.length}>
          <Table label="Your sign-ins" columns={OWN} rows={data.items} keyOf={({ id }) => id} />
        </Section>
      )}
      {roles.includes("admin") ? <Others /> : null}
    </>
  );
}

function Acts({ own }: { readonly own: Own }) {
  if (own.current) return null;
  return (
    <div className="row">
      {own.kind === "cli" ? <Confirm own={own} /> : null}
      <End own={own} />
    </div>
  );
}

/** For terminals, which cannot ask for a passkey. */
function Confirm({ own: { id } }: { readonly own: Own }) {
  const write = useWrite();
  const what = `count as present at your terminal ${id}`;
  return (
    <ActButton
      act={async () => {
        await write({ what, done: "Confirmed: go on in the terminal", stale: ["/tokens"] }, () =>
          change("/tokens/confirm", { token: id }),
        );
      }}
    >
      I am there
    </ActButton>
  );
}

function End({ own: { id, kind } }: { readonly own: Own }) {
  const write = useWrite();
  return (
    <DangerButton
      label="End"
      title="End a sign-in"
      confirm="End it now"
      act={() =>
        write({ what: "end a sign-in of yours", done: "Ended", stale: ["/tokens"] }, () =>
          change("/tokens/revoke", { token: id }),
        )
      }
    >
      <p>
        <Quoted text={id} />, {KINDS[kind] ?? kind}, acts as you no more.
      </p>
    </DangerButton>
  );
}

function Others() {
  const person = usePerson();
  const users = useLook("/users", { limit: USERS_MAX }).data?.items ?? [];
  const others = users.filter(({ name, disabledAt }) => name !== person.name && disabledAt === null);
  const [named, setNamed] = useState("");
  const user = named === "" ? others[0]?.name : named;
  if (user === undefined) return null;
  return (
    <Section title="Of others">
      <SelectField
        label="User"
        value={user}
        options={others.map(({ name }) => ({ value: name, word: plain(name) }))}
        onChange={setNamed}
      />
      <Stopped kind="user" target={user} />
      <div className="row">
        <StopButton kind="user" target={user} />
      </div>
      <OfUser user={user} />
    </Section>
  );
}

function OfUser({ user }: { readonly user: string }) {
  const { data, error } = useLook("/sign-ins", { user }, { everyMs: EVERY_MS });
  const items = data?.items ?? [];
  return (
    <>
      <ProblemNotice problem={error} />
      {data !== undefined && items.length === 0 ? <p className="soft">Signed in nowhere.</p> : null}
      {items.length === 0 ? null : (
        <>
          <Table label="Sign-ins of this user" columns={OTHERS} rows={items} keyOf={({ id }) => id} />
          <div className="row">
            <SignOut user={user} />
          </div>
        </>
      )}
    </>
  );
}

function SignOut({ user }: { readonly user: string }) {
  const write = useWrite();
  return (
    <DangerButton
      label="Sign out everywhere"
      title="Sign a user out"
      confirm="Sign them out"
      act={() =>
        write({ what: `sign the user ${user} out`, done: "Signed out", stale: ["/sign-ins"] }, () =>
          change("/sign-ins/end", { user }),
        )
      }
    >
      <p>
        Every browser, terminal and token of <Quoted text={user} /> is signed out now. Nothing else of theirs
        ends: to shut somebody out, disable them.
      </p>
    </DangerButton>
  );
}
