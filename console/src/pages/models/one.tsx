import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, change, look } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton, DialogButton } from "../../ui/ask.tsx";
import { ActButton, Form } from "../../ui/field.tsx";
import { Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { DetailHead, Facts, Panel, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago, Time, Until } from "../../ui/time.tsx";
import { announce } from "../../ui/toast.tsx";
import { Recent } from "../agents/recent.tsx";
import { StopButton } from "../stops/stop-button.tsx";
import { Stopped, StoppedMark } from "../stops/stopped.tsx";
import { KeyField, PricesField } from "./add.tsx";
import { Health } from "./health.tsx";
import { pricesTaken } from "./prices.ts";
import { RegisteredPage } from "./registered.tsx";

type Upstream = Answer<"/upstreams/get">;

const EVERY_MS = 5_000;
const BACK = { to: "/models", title: "Models" } as const;
const STALE = ["/upstreams", "/upstreams/get", "/models", "/models/routes"] as const;
const CREDENTIALS = {
  none: "it asks for none",
  bearer: "a key, as a bearer token",
  header: "a key, in a header of its own",
  google: "a Google service account",
} as const;

/** An upstream by its name, or a model of the register by its digest: no name has a colon. */
export function UpstreamPage() {
  const { upstream } = useParams({ from: "/models/$upstream" });
  return upstream.startsWith("sha256:") ? (
    <RegisteredPage digest={upstream} />
  ) : (
    <OfUpstream upstream={upstream} />
  );
}

/** One model upstream: how it is, and what it has. */
function OfUpstream({ upstream }: { readonly upstream: string }) {
  const { data, error, isPending } = useLook("/upstreams/get", { upstream }, { everyMs: EVERY_MS });
  return (
    <>
      <DetailHead name={upstream} back={BACK} aside={data === undefined ? null : <Acts upstream={data} />}>
        {data === undefined ? null : <Health {...data} />}
      </DetailHead>
      <Stopped kind="server" target={upstream} />
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="the upstream" /> : null}
      {data === undefined ? null : <Whole upstream={data} />}
    </>
  );
}

function Whole({ upstream }: { readonly upstream: Upstream }) {
  const { name, health, reason, backOffUntil } = upstream;
  return (
    <>
      {reason === null ? null : (
        <Notice tone={health === "down" ? "bad" : "wait"}>
          <p>
            <strong>{health === "down" ? "It is down: " : "It is left alone: "}</strong>
            <Quoted text={reason} />
          </p>
          {backOffUntil === null ? null : (
            <p>
              Others are asked first; it is asked again <Until at={backOffUntil} />.
            </p>
          )}
        </Notice>
      )}
      <div className="columns">
        <Section title="About it">
          <Panel>
            <AboutIt upstream={upstream} />
          </Panel>
        </Section>
        <Section
          title="Models it lists"
          {...(upstream.listed === null ? {} : { count: upstream.listed.length })}
        >
          <Listed upstream={upstream} />
        </Section>
      </div>
      <Recent of={{ server: name }} />
    </>
  );
}

function AboutIt({ upstream }: { readonly upstream: Upstream }) {
  const { account, checkedAt } = upstream;
  return (
    <Facts
      facts={[
        ["Kind", <Quoted text={upstream.kind} />],
        ["Address", <Quoted text={upstream.url} />],
        ["Where", upstream.local ? "in the house: nothing leaves it" : "outside"],
        ["Speaks", <Quoted text={upstream.protocols.join(", ")} />],
        ["Credential", CREDENTIALS[upstream.credential]],
        ["Account", account === null ? null : <Quoted text={account} />],
        ["Last asked", checkedAt === null ? "never" : <Ago at={checkedAt} />],
        ["Digest", <Quoted text={upstream.identity} />],
        ["Added", <Time at={upstream.addedAt} />],
      ]}
    />
  );
}

interface Listing {
  readonly name: string;
  readonly price: string | null;
}

function columnsOf(upstream: string): readonly Column<Listing>[] {
  return [
    {
      title: "Model",
      cell: ({ name }) =>
        name === "*" ? (
          "every other"
        ) : (
          <span className="row">
            <Quoted text={name} />
            <StoppedMark kind="model" target={`${upstream}/${name}`} />
          </span>
        ),
    },
    { title: "USD a million tokens, in/out", cell: ({ price }) => price ?? "no price", isNumber: true },
    {
      title: "Stop it",
      cell: ({ name }) => (name === "*" ? null : <StopButton kind="model" target={`${upstream}/${name}`} />),
    },
  ];
}

/** What it listed, and what has a price though it was not listed. */
function Listed({ upstream: { name: upstream, listed, prices } }: { readonly upstream: Upstream }) {
  const others = Object.keys(prices).filter((model) => listed?.includes(model) !== true);
  const rows = [...(listed ?? []), ...others].map((name) => ({
    name,
    price: priceOf(prices, name),
  }));
  return (
    <>
      {listed === null ? <p className="soft">It lists none, or has never answered.</p> : null}
      {rows.length === 0 ? null : (
        <Table label="Models it lists" columns={columnsOf(upstream)} rows={rows} keyOf={({ name }) => name} />
      )}
    </>
  );
}

function priceOf(prices: Upstream["prices"], name: string): string | null {
  if (Object.hasOwn(prices, name)) return prices[name] ?? null;
  return prices["*"] ?? null;
}

function Acts({ upstream }: { readonly upstream: Upstream }) {
  const { name } = upstream;
  const write = useWrite();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const check = async (): Promise<void> => {
    const { health } = await look("/upstreams/check", { upstream: name });
    announce(`It is ${health}.`);
    await Promise.all(STALE.map((path) => queries.invalidateQueries({ queryKey: [path] })));
  };
  const remove = async (): Promise<boolean> => {
    const what = `remove the model upstream ${name}`;
    const stale = STALE.filter((path) => path !== "/upstreams/get");
    const isDone = await write({ what, done: "Removed", stale }, () =>
      change("/upstreams/remove", { upstream: name }),
    );
    if (isDone) await navigate({ to: "/models" });
    return isDone;
  };
  return (
    <>
      <ActButton act={check}>Check now</ActButton>
      <DialogButton label="Set key or prices" title="Set key or prices">
        {(close) => <Setting upstream={upstream} close={close} />}
      </DialogButton>
      <StopButton kind="server" target={name} />
      <DangerButton label="Remove" title="Remove a model upstream" confirm="Remove it" act={remove}>
        <p>
          <Quoted text={name} /> and its key are removed. Routes that name it go on without it.
        </p>
      </DangerButton>
    </>
  );
}

function Setting({ upstream, close }: { readonly upstream: Upstream; readonly close: () => void }) {
  const { name } = upstream;
  const write = useWrite();
  const [key, setKey] = useState("");
  const [prices, setPrices] = useState(
    Object.entries(upstream.prices)
      .map(([model, price]) => `${model} = ${price}`)
      .join("\n"),
  );
  const act = async (): Promise<void> => {
    const body = {
      upstream: name,
      prices: pricesTaken(upstream.prices, prices),
      ...(key === "" ? {} : { key }),
    };
    const isDone = await write(
      { what: `change the model upstream ${name}`, done: "Changed", stale: STALE },
      () => change("/upstreams/set", body),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Change it" act={act}>
      <KeyField value={key} onChange={setKey} />
      <p className="soft small">Left empty, the key stays as it is.</p>
      <PricesField value={prices} onChange={setPrices} />
    </Form>
  );
}
