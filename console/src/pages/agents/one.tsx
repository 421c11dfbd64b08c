import "./agents.css";
import { Link, useParams } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { WAITING, WAITING_EVERY_MS } from "../../app/waiting.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { CopyBlock } from "../../ui/copy.tsx";
import { Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { DetailHead, Facts, Panel, Section } from "../../ui/page.tsx";
import { Ago, Time } from "../../ui/time.tsx";
import { GrantHost } from "../hosts/grant.tsx";
import { HostList } from "../hosts/list.tsx";
import { ToolList } from "../servers/tool-list.tsx";
import { StopButton } from "../stops/stop-button.tsx";
import { Stopped } from "../stops/stopped.tsx";
import { NewKey } from "./add.tsx";
import { Grants, GrantTool, Revoke, SetDialects, SetStage } from "./changes.tsx";
import { KEY_UNKNOWN, snippetsFor } from "./connect.ts";
import { CouldReach } from "./reach.tsx";
import { Recent } from "./recent.tsx";
import { Sessions } from "./sessions.tsx";
import { OwnTools, Standing } from "./standing.tsx";

type Agent = Answer<"/agents/get">;

const EVERY_MS = 5_000;
const BACK = { to: "/agents", title: "Agents" } as const;

/** One agent: what it is, what it may do, what it did, and how it is connected. */
export function AgentPage() {
  const { agent } = useParams({ from: "/agents/$agent" });
  const { data, error, isPending } = useLook("/agents/get", { agent }, { everyMs: EVERY_MS });
  return (
    <>
      <DetailHead name={agent} back={BACK} aside={data === undefined ? null : <Acts agent={data} />}>
        {data === undefined ? null : <Standing agent={data} />}
      </DetailHead>
      <ProblemNotice problem={error} />
      {data === undefined ? null : <Stopped kind="agent" target={data.id} />}
      {isPending ? <Loading what="the agent" /> : null}
      {data === undefined ? null : <Whole agent={data} />}
    </>
  );
}

function Acts({ agent: { id, name, stage, revokedAt } }: { readonly agent: Agent }) {
  if (revokedAt !== null) return null;
  return (
    <>
      <SetStage agent={name} stage={stage} />
      <StopButton kind="agent" target={id} name={name} />
      <NewKey agent={name} />
      <Revoke agent={name} />
    </>
  );
}

function Whole({ agent }: { readonly agent: Agent }) {
  const { name, grantedTools, dialects, revokedAt } = agent;
  const isLive = revokedAt === null;
  return (
    <>
      <Warnings agent={agent} />
      <div className="columns">
        <Section title="About it">
          <Panel>
            <AboutIt agent={agent} />
          </Panel>
        </Section>
        <Section
          title="Granted tools"
          count={grantedTools.length}
          aside={isLive ? <GrantTool agent={name} /> : null}
        >
          <Grants agent={name} tools={grantedTools} isLive={isLive} />
        </Section>
      </div>
      <Section title="Hosts it may reach" aside={isLive ? <GrantHost agent={name} kind="quiet" /> : null}>
        <HostList agent={name} isAgentKnown />
      </Section>
      {isLive ? <CouldReach agent={agent} /> : null}
      <Recent of={{ agent: name }} />
      <Section
        title="Tools it runs itself"
        aside={isLive ? <SetDialects agent={name} dialects={dialects} /> : null}
      >
        <ToolList
          server={`agent:${name}`}
          empty="It has declared none yet. What it declares at the llm door waits here for review."
        />
      </Section>
      <Sessions agent={name} />
      {isLive ? <Connect /> : null}
    </>
  );
}

function Warnings({ agent: { name, bypassable, ownTools, revokedAt } }: { readonly agent: Agent }) {
  const holds = useLook("/approvals", WAITING, { everyMs: WAITING_EVERY_MS }).data?.items ?? [];
  const count = holds.filter(({ agent }) => agent === name).length;
  if (revokedAt !== null) return null;
  return (
    <>
      {count === 0 ? null : (
        <Notice tone="wait">
          <p>
            {count === 1 ? "One action of it waits" : `${count} actions of it wait`} for a yes.{" "}
            <Link to="/approvals">Go to the approvals</Link>
          </p>
        </Notice>
      )}
      {bypassable === "yes" ? (
        <Notice tone="bad">
          <p>
            <strong>It can go around the doors.</strong> It was seen to run as Doorward’s own OS user, outside
            every sandbox. Run it as another user or in a container, then give it a new key.
          </p>
        </Notice>
      ) : null}
      {ownTools === "not governed" ? (
        <Notice tone="wait">
          <p>
            <strong>Tools that it runs itself are not governed.</strong> It has declared none, and nobody has
            said in which dialect of text its model calls them: such calls may pass unread.
          </p>
        </Notice>
      ) : null}
    </>
  );
}

function Stage({ agent: { stage, stageFrom } }: { readonly agent: Agent }) {
  return stageFrom === "own" ? stage : <Quoted text={`${stage}, by ${stageFrom}`} />;
}

function AboutIt({ agent }: { readonly agent: Agent }) {
  const { purpose, observeUntil, dialects, lastSeenAt, revokedAt, keys } = agent;
  const lastUsed = keys.map(({ kind }) => kind).join(", ");
  return (
    <Facts
      facts={[
        ["Purpose", purpose === "" ? null : <Quoted text={purpose} />],
        ["Owner", <Quoted text={agent.ownerName} />],
        ["Stage", <Stage agent={agent} />],
        ["Last proof", agent.stageProof ?? "never tried"],
        ["Observed until", observeUntil === null ? null : <Time at={observeUntil} />],
        ["Own tools", <OwnTools of={agent.ownTools} />],
        ["Dialects", dialects.length === 0 ? "none declared" : <Quoted text={dialects.join(", ")} />],
        ["Last seen", lastSeenAt === null ? "never" : <Ago at={lastSeenAt} />],
        ["Keys", keys.length === 0 ? "none: it is stopped" : <Quoted text={lastUsed} />],
        ["Added", <Time at={agent.createdAt} />],
        ["Revoked", revokedAt === null ? null : <Time at={revokedAt} />],
        ["Id", <Quoted text={agent.id} />],
      ]}
    />
  );
}

function Connect() {
  const { data } = useLook("/doors", undefined, { isFixed: true });
  const door = data?.items.find((one) => one.door === "mcp")?.address;
  if (door === undefined) return null;
  return (
    <Section title="How to connect it">
      <p className="soft small">
        Where {KEY_UNKNOWN} stands goes its key, which was shown once; “New key” makes another.
      </p>
      <div className="snippets">
        {snippetsFor({ door, key: KEY_UNKNOWN, keylessDoor: null }).map(({ label, text }) => (
          <CopyBlock key={label} label={label} text={text} />
        ))}
      </div>
    </Section>
  );
}
