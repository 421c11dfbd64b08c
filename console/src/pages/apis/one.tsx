import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, change } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted, QuotedList } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton, DialogButton } from "../../ui/ask.tsx";
import { ActButton, Form } from "../../ui/field.tsx";
import { FileField } from "../../ui/file.tsx";
import { Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { DetailHead, Facts, Panel, Section } from "../../ui/page.tsx";
import { Time } from "../../ui/time.tsx";
import { Recent } from "../agents/recent.tsx";
import { ToolList } from "../servers/tool-list.tsx";
import { StopButton } from "../stops/stop-button.tsx";
import { Stopped } from "../stops/stopped.tsx";

type Api = Answer<"/apis/get">;

const EVERY_MS = 10_000;
const BACK = { to: "/apis", title: "APIs" } as const;
const STALE = ["/apis", "/apis/get", "/tools", "/tools/get"] as const;

/** One API: where it is, what its document says, and each of its operations with its review. */
export function ApiPage() {
  const { api } = useParams({ from: "/apis/$api" });
  const { data, error, isPending } = useLook("/apis/get", { api }, { everyMs: EVERY_MS });
  return (
    <>
      <DetailHead name={api} back={BACK} aside={data === undefined ? null : <Acts api={data} />} />
      <Stopped kind="server" target={api} />
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="the API" /> : null}
      {data === undefined ? null : <Whole api={data} />}
    </>
  );
}

function Whole({ api }: { readonly api: Api }) {
  const { name, tools } = api;
  const waits = tools.waiting.length;
  return (
    <>
      {waits === 0 ? null : (
        <Notice tone="wait">
          <p>
            <strong>
              {waits === 1 ? "One operation waits for review." : `${waits} operations wait for review.`}
            </strong>{" "}
            Until somebody has read and accepted it, no agent can call it.
          </p>
        </Notice>
      )}
      <div className="columns">
        <Section title="About it">
          <Panel>
            <AboutIt api={api} />
          </Panel>
        </Section>
        <Section title="What no operation names">
          <Unmapped api={api} />
        </Section>
      </div>
      <Section title="Operations" count={tools.accepted + waits + tools.refused.length}>
        <ToolList server={name} empty="Its document names no operation." />
      </Section>
      <Recent of={{ server: name }} />
    </>
  );
}

function AboutIt({ api }: { readonly api: Api }) {
  const { source, only } = api;
  return (
    <Facts
      facts={[
        ["It calls itself", <Quoted text={`${api.title} ${api.version}`} />],
        ["Served at", <QuotedList words={api.servers} />],
        ["Document from", source === null ? "a file" : <Quoted text={source} />],
        ["Written in", <Quoted text={api.format} />],
        ["Pinned to", <Quoted text={api.document} />],
        ["Only paths", only.length === 0 ? null : <QuotedList words={only} />],
        ["Accepted", api.tools.accepted],
        ["Refused", api.tools.refused.length],
        ["Last read", <Time at={api.changedAt} />],
        ["Added", <Time at={api.addedAt} />],
      ]}
    />
  );
}

/** What its document leaves open: writes there are refused, whoever asks. */
function Unmapped({ api: { servers, skipped, skippedFirst } }: { readonly api: Api }) {
  return (
    <Panel>
      <p>
        A write to <Quoted text={servers.join(", ")} /> that no operation names is refused (
        <code>operation_unmapped</code>), whatever was granted. Reads go by the host’s own grant.
      </p>
      {skipped === 0 ? (
        <p className="soft">Every operation of the document can be told apart.</p>
      ) : (
        <>
          <p>
            {skipped === 1 ? "One operation" : `${skipped} operations`} of the document cannot be told apart
            from others, and so {skipped === 1 ? "is" : "are"} none:
          </p>
          <QuotedList words={skippedFirst} />
        </>
      )}
    </Panel>
  );
}

function Acts({ api: { name, source } }: { readonly api: Api }) {
  const write = useWrite();
  const navigate = useNavigate();
  const refresh = async (): Promise<void> => {
    await write(
      { what: `read the document of the API ${name} again`, done: "Read again", stale: STALE },
      () => change("/apis/refresh", { api: name }),
    );
  };
  const remove = async (): Promise<boolean> => {
    const stale = ["/apis", "/servers", "/tools"] as const;
    const isDone = await write({ what: `remove the API ${name}`, done: "Removed", stale }, () =>
      change("/apis/remove", { api: name }),
    );
    if (isDone) await navigate({ to: "/apis" });
    return isDone;
  };
  return (
    <>
      {source === null ? (
        <DialogButton label="Give its document anew" title="Give its document anew">
          {(close) => <Anew api={name} close={close} />}
        </DialogButton>
      ) : (
        <ActButton act={refresh}>Read its document again</ActButton>
      )}
      <StopButton kind="server" target={name} />
      <DangerButton label="Remove" title="Remove an API" confirm="Remove it" act={remove}>
        <p>
          <Quoted text={name} /> and everything reviewed of it are removed. Its hosts are governed by nobody
          then: a request there is known by its host and path alone.
        </p>
      </DangerButton>
    </>
  );
}

function Anew({ api, close }: { readonly api: string; readonly close: () => void }) {
  const write = useWrite();
  const [document, setDocument] = useState("");
  const act = async (): Promise<void> => {
    const what = `read a new document of the API ${api}`;
    const isDone = await write({ what, done: "Read again", stale: STALE }, () =>
      change("/apis/refresh", { api, document }),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Read it" act={act}>
      <p>Operations that changed wait for review; what the document no longer has is gone.</p>
      <FileField label="File" onText={setDocument} hint="JSON or YAML." />
    </Form>
  );
}
