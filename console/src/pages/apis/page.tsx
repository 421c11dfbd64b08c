import { Link } from "@tanstack/react-router";
import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { EmptyState, Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { useToReview } from "../servers/to-review.ts";
import { AddApi } from "./add.tsx";
import { reviewText } from "./words.ts";

type Api = Item<"/apis">;

const EVERY_MS = 10_000;
const LIMIT = 200;

function columnsWith(waiting: readonly Item<"/tools">[]): readonly Column<Api>[] {
  return [
    {
      title: "API",
      cell: ({ name }) => (
        <Link to="/apis/$api" params={{ api: name }}>
          <Quoted text={name} />
        </Link>
      ),
    },
    { title: "It calls itself", cell: ({ title, version }) => <Quoted text={`${title} ${version}`} /> },
    { title: "Served at", cell: ({ servers }) => <Quoted text={servers.join(", ")} /> },
    {
      title: "Document from",
      cell: ({ source }) => (source === null ? "a file" : <Quoted text={source} />),
      isWideOnly: true,
    },
    { title: "To review", cell: ({ name }) => reviewText(waiting.filter(({ server }) => server === name)) },
    { title: "Read", cell: ({ changedAt }) => <Time at={changedAt} />, isWideOnly: true },
  ];
}

/** The APIs whose documents say what a request to a host means. */
export function ApisPage() {
  const { data, error, isPending } = useLook("/apis", { limit: LIMIT }, { everyMs: EVERY_MS });
  const { tools } = useToReview();
  const apis = data?.items ?? [];
  return (
    <>
      <PageHead title="APIs" aside={<AddApi />}>
        What requests to a host mean: operations that are reviewed and granted as tools are.
      </PageHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="APIs" /> : null}
      {data?.items.length === 0 ? (
        <EmptyState title="No API yet" command="doorward apis add https://api.example.com/openapi.json">
          Give the OpenAPI document of an API. Without one, a request is known by its host and path alone.
        </EmptyState>
      ) : null}
      {apis.length === 0 ? null : (
        <Table label="APIs" columns={columnsWith(tools)} rows={apis} keyOf={({ name }) => name} />
      )}
      {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
    </>
  );
}
