import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { usePerson } from "../../session/person.ts";
import { useWrite } from "../../session/write.ts";
import { DangerButton } from "../../ui/ask.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { CommandText } from "../../ui/command.tsx";
import { ActButton } from "../../ui/field.tsx";
import { Loading, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { LinkAccount } from "./link.tsx";
import { TellThisBrowser } from "./told.tsx";

type Channel = Item<"/channels">;
type Link = Item<"/channels/links">;
type Route = Item<"/channels/routes">;
type Platform = Item<"/channels/platforms">;

const EVERY_MS = 10_000;
const TONES = { up: "good", down: "bad", opening: "wait" } as const;
const ANSWERS: { readonly [how: string]: string } = {
  buttons: "by buttons",
  codes: "by typed codes",
  links: "in the console, by link",
};
const WAYS: { readonly [inbound: string]: string } = {
  connection: "Doorward calls out: nothing to open",
  webhook: "the platform calls Doorward’s webhook listener",
  none: "cards and links alone",
};

const CHANNELS: readonly Column<Channel>[] = [
  { title: "Channel", cell: ({ name }) => <Quoted text={name} /> },
  { title: "There as", cell: ({ platform, account }) => <There platform={platform} account={account} /> },
  { title: "State", cell: (channel) => <State channel={channel} /> },
  { title: "Waits", cell: (channel) => <Waits channel={channel} /> },
  { title: "Answered", cell: ({ answers }) => ANSWERS[answers] ?? answers, isWideOnly: true },
  { title: "Leaves", cell: ({ privacy }) => privacy, isWideOnly: true },
  { title: "Do", cell: (channel) => <Acts channel={channel} /> },
];

const LINKS: readonly Column<Link>[] = [
  { title: "Channel", cell: ({ channel }) => <Quoted text={channel} /> },
  { title: "User", cell: ({ user }) => <Quoted text={user} /> },
  { title: "Account there", cell: ({ account }) => <Quoted text={account} /> },
  { title: "Since", cell: ({ verifiedAt }) => <Time at={verifiedAt} />, isWideOnly: true },
  { title: "Change it", cell: (link) => <Unlink link={link} /> },
];

const ROUTES: readonly Column<Route>[] = [
  { title: "Cards of", cell: ({ for: whose }) => <Quoted text={whose} /> },
  { title: "Order", cell: ({ preference }) => preference + 1 },
  { title: "Channel", cell: ({ channel }) => <Quoted text={channel} /> },
  { title: "Place", cell: ({ place }) => <Quoted text={place} /> },
];

const PLATFORMS: readonly Column<Platform>[] = [
  { title: "Platform", cell: ({ title }) => title },
  { title: "Answers come", cell: ({ inbound }) => WAYS[inbound] ?? inbound },
  {
    title: "Add it at a terminal",
    cell: ({ name }) => <CommandText text={`doorward channels add ${name}`} />,
  },
];

/** Where cards go and people answer, and one's own accounts there. */
export function ChannelsPage() {
  const { roles } = usePerson();
  const { data, error, isPending } = useLook("/channels", undefined, { everyMs: EVERY_MS });
  const isAdmin = roles.includes("admin");
  return (
    <>
      <PageHead title="Channels">
        The chat platforms that cards go to. Link your account there to answer with one tap.
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="channels" /> : null}
      {data === undefined ? null : (
        <Section title="Channels" count={data.items.length}>
          {data.items.length === 0 ? (
            <p className="soft">None yet: requests wait here, at the command line and in the API.</p>
          ) : (
            <Table label="Channels" columns={CHANNELS} rows={data.items} keyOf={({ name }) => name} />
          )}
        </Section>
      )}
      <Links />
      <Routes />
      {isAdmin ? <Platforms /> : null}
    </>
  );
}

function There({ platform, account }: { readonly platform: string; readonly account: string }) {
  return (
    <span>
      {platform}, <Quoted text={account} />
    </span>
  );
}

function State({ channel: { state, reason } }: { readonly channel: Channel }) {
  return (
    <span className="row">
      <StatusChip word={state} tone={TONES[state]} />
      {reason === null ? null : <Quoted text={reason} />}
    </span>
  );
}

function Waits({ channel: { queued, oldestUnsent } }: { readonly channel: Channel }) {
  if (queued === 0 || oldestUnsent === null) return "nothing";
  return (
    <span>
      {queued}, since <Time at={oldestUnsent} />
    </span>
  );
}

function Acts({ channel }: { readonly channel: Channel }) {
  const { roles } = usePerson();
  return (
    <div className="row">
      {channel.answers === "links" ? null : <LinkAccount channel={channel.name} />}
      {channel.platform === "webpush" ? (
        <TellThisBrowser channel={channel.name} publicKey={channel.account} />
      ) : null}
      {roles.includes("admin") ? <Try channel={channel.name} /> : null}
    </div>
  );
}

function Try({ channel }: { readonly channel: string }) {
  const write = useWrite();
  return (
    <ActButton
      act={async () => {
        const what = "send a test card";
        await write({ what, done: "The platform answers", stale: ["/channels"] }, () =>
          change("/channels/test", { channel }),
        );
      }}
    >
      Test
    </ActButton>
  );
}

function Links() {
  const { data } = useLook("/channels/links", undefined, { everyMs: EVERY_MS });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title="Linked accounts" count={data.items.length}>
      <Table
        label="Linked accounts"
        columns={LINKS}
        rows={data.items}
        keyOf={({ channel, account, tenant }) => JSON.stringify([channel, tenant, account])}
      />
    </Section>
  );
}

function Unlink({ link: { channel, user } }: { readonly link: Link }) {
  const person = usePerson();
  const write = useWrite();
  if (user !== person.name && !person.roles.includes("admin")) return null;
  return (
    <DangerButton
      label="Unlink"
      title="Take links away"
      confirm="Unlink"
      act={() =>
        write({ what: "unlink accounts", done: "Unlinked", stale: ["/channels/links", "/channels"] }, () =>
          change("/channels/unlink", { channel, user }),
        )
      }
    >
      <p>
        Accounts of <Quoted text={user} /> on <Quoted text={channel} /> answer nothing any more.
      </p>
    </DangerButton>
  );
}

function Routes() {
  const { data } = useLook("/channels/routes");
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title="Where cards go" count={data.items.length}>
      <Table
        label="Where cards go"
        columns={ROUTES}
        rows={data.items}
        keyOf={({ for: whose, channel, place }) => JSON.stringify([whose, channel, place])}
      />
    </Section>
  );
}

function Platforms() {
  const { data, error } = useLook("/channels/platforms");
  return (
    <Section title="Add one">
      <ProblemNotice problem={error} />
      <p className="soft">
        A terminal walks you through it: secrets are typed there unseen, and never pass through this page.
      </p>
      {data === undefined ? null : (
        <Table label="Platforms" columns={PLATFORMS} rows={data.items} keyOf={({ name }) => name} />
      )}
    </Section>
  );
}
