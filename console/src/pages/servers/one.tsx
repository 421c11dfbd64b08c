import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Answer, change } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton } from "../../ui/ask.tsx";
import { ActButton } from "../../ui/field.tsx";
import { Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { DetailHead, Facts, Panel, Section } from "../../ui/page.tsx";
import { Time } from "../../ui/time.tsx";
import { Recent } from "../agents/recent.tsx";
import { StopButton } from "../stops/stop-button.tsx";
import { Stopped } from "../stops/stopped.tsx";
import { Access } from "./access.tsx";
import { ServerStanding } from "./standing.tsx";
import { ToolList } from "./tool-list.tsx";

type Server = Answer<"/servers/get">;

const EVERY_MS = 5_000;
const BACK = { to: "/servers", title: "Servers" } as const;
const STALE = ["/servers", "/servers/get", "/tools"] as const;

/** One MCP server: what it is pinned to, how it runs, and everything that it offers. */
export function ServerPage() {
  const { server } = useParams({ from: "/servers/$server" });
  const { data, error, isPending } = useLook("/servers/get", { server }, { everyMs: EVERY_MS });
  return (
    <>
      <DetailHead name={server} back={BACK} aside={data === undefined ? null : <Acts name={data.name} />}>
        {data === undefined ? null : <ServerStanding server={data} />}
      </DetailHead>
      <Stopped kind="server" target={server} />
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="the server" /> : null}
      {data === undefined ? null : <Whole server={data} />}
    </>
  );
}

function Whole({ server }: { readonly server: Server }) {
  const { name, tools } = server;
  return (
    <>
      <Access url={server.authorizationUrl} />
      <Held server={server} />
      <Section title="About it">
        <Panel>
          <AboutIt server={server} />
        </Panel>
      </Section>
      <Section title="Tools and prompts" count={tools.accepted + tools.waiting.length + tools.refused.length}>
        <ToolList server={name} empty="It has offered nothing yet." />
      </Section>
      <Recent of={{ server: name }} />
    </>
  );
}

/** It runs something else than what was reviewed: nobody uses it until a person says that this is right. */
function Held({ server: { name, status, reason, authorizationUrl } }: { readonly server: Server }) {
  const write = useWrite();
  if (status === "active" || authorizationUrl !== null) return null;
  return (
    <Notice tone="wait">
      <p>
        <strong>No agent can use it now.</strong> {reason === null ? null : <Quoted text={reason} />}
      </p>
      <div className="row">
        <DangerButton
          label="Pin what it runs now"
          title="Pin a server anew"
          confirm="Pin it anew"
          act={() =>
            write(
              { what: `accept what the server ${name} runs now`, done: "Pinned anew", stale: STALE },
              () => change("/servers/repin", { server: name }),
            )
          }
        >
          <p>
            What <Quoted text={name} /> runs or answers now takes the place of what was reviewed. Tools that
            have changed wait for review.
          </p>
        </DangerButton>
      </div>
    </Notice>
  );
}

function AboutIt({ server }: { readonly server: Server }) {
  return (
    <Facts
      facts={[
        ["Runs", <Quoted text={server.runs} />],
        ["Pinned to", <Quoted text={server.pinned} />],
        ["Pin digest", <Quoted text={server.identity} />],
        ["Speaks over", server.transport],
        ["Kept", <Quoted text={server.runsIn} />],
        ...sandboxFacts(server.sandbox),
        ["Connections", server.connections],
        ["Restarts", restartsText(server.failures)],
        ["Last failure", server.lastFailure === null ? null : <Quoted text={server.lastFailure} />],
        ["Added", <Time at={server.addedAt} />],
      ]}
    />
  );
}

function sandboxFacts(sandbox: Server["sandbox"]): readonly (readonly [string, ReactNode])[] {
  if (sandbox === null || sandbox.stance === "off") return [];
  const { folders, hosts, refusedHosts } = sandbox;
  return [
    ["Folders", folders.length === 0 ? "its own alone" : <Quoted text={folders.join(", ")} />],
    ["Network", hosts.length === 0 ? "none" : <Quoted text={hosts.join(", ")} />],
    ["Refused hosts", refusedHosts.length === 0 ? null : <Quoted text={refusedHosts.join(", ")} />],
  ];
}

function restartsText(failures: number): string {
  if (failures === 0) return "it has not failed";
  const times = failures === 1 ? "once" : `${failures} times in a row`;
  return `failed ${times}; each restart waits longer than the one before`;
}

function Acts({ name }: { readonly name: string }) {
  const write = useWrite();
  const navigate = useNavigate();
  const refresh = async (): Promise<void> => {
    await write({ what: `look at the server ${name} again`, done: "Looked again", stale: STALE }, () =>
      change("/servers/refresh", { server: name }),
    );
  };
  const restart = async (): Promise<void> => {
    await write({ what: `restart the server ${name}`, done: "Restarted", stale: STALE }, () =>
      change("/servers/restart", { server: name }),
    );
  };
  const remove = async (): Promise<boolean> => {
    const isDone = await write(
      { what: `remove the server ${name}`, done: "Removed", stale: STALE.slice(0, 1) },
      () => change("/servers/remove", { server: name }),
    );
    if (isDone) await navigate({ to: "/servers" });
    return isDone;
  };
  return (
    <>
      <ActButton act={refresh}>Look again</ActButton>
      <ActButton act={restart}>Restart</ActButton>
      <StopButton kind="server" target={name} />
      <DangerButton label="Remove" title="Remove a server" confirm="Remove it" act={remove}>
        <p>
          <Quoted text={name} />, everything reviewed of it, its secrets and what was installed for it are
          removed.
        </p>
      </DangerButton>
    </>
  );
}
