import { Link, useSearch } from "@tanstack/react-router";
import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/time.tsx";
import { AddUpstream } from "./add.tsx";
import { Health } from "./health.tsx";
import { Register } from "./register.tsx";
import { Routes, TryName } from "./routes.tsx";

type Upstream = Item<"/upstreams">;

const EVERY_MS = 5_000;
const LIMIT = 200;

const UPSTREAMS: readonly Column<Upstream>[] = [
  {
    title: "Upstream",
    cell: ({ name }) => (
      <Link to="/models/$upstream" params={{ upstream: name }}>
        <Quoted text={name} />
      </Link>
    ),
  },
  { title: "Health", cell: (upstream) => <Health {...upstream} /> },
  { title: "Kind", cell: ({ kind }) => <Quoted text={kind} /> },
  { title: "Address", cell: ({ url }) => <Quoted text={url} /> },
  { title: "Where", cell: ({ local }) => (local ? "in the house" : "outside") },
  { title: "Why", cell: ({ reason }) => <Quoted text={reason ?? ""} />, isWideOnly: true },
  {
    title: "Asked",
    cell: ({ checkedAt }) => (checkedAt === null ? "never" : <Ago at={checkedAt} />),
    isWideOnly: true,
  },
  { title: "Models", cell: ({ models }) => models ?? "–", isNumber: true },
];

/** Where models are, whether they answer, and where their names go. */
export function ModelsPage() {
  const { name } = useSearch({ from: "/models" });
  const { data, error, isPending } = useLook("/upstreams", { limit: LIMIT }, { everyMs: EVERY_MS });
  const upstreams = data?.items ?? [];
  return (
    <>
      <PageHead title="Models" aside={<AddUpstream />}>
        What the organisation approved, its upstreams, and where the names of models go.
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="models" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState title="No model upstream yet" command="doorward upstreams add ollama --kind ollama">
          Ollama, llama.cpp, vLLM, LM Studio and any OpenAI-compatible address will do.
        </EmptyState>
      ) : null}
      {upstreams.length === 0 ? null : (
        <>
          <Section title="Upstreams" count={upstreams.length}>
            <Table label="Upstreams" columns={UPSTREAMS} rows={upstreams} keyOf={({ name: key }) => key} />
            {data?.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
          </Section>
          <TryName key={name} name={name} />
          <Routes />
        </>
      )}
      <Register />
    </>
  );
}
