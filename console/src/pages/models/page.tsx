import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { EmptyState, Loading, ProblemNotice } from "../../ui/notice.tsx";
import { PageHead, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";

type Upstream = Item<"/upstreams">;
type Model = Item<"/models">;

const EVERY_MS = 5_000;
const LIMIT = 200;
const TONES = { up: "good", down: "bad", unknown: "plain" } as const;

const UPSTREAMS: readonly Column<Upstream>[] = [
  { title: "Upstream", cell: ({ name }) => <Quoted text={name} /> },
  { title: "Health", cell: ({ health }) => <StatusChip word={health} tone={TONES[health]} /> },
  { title: "Address", cell: ({ url }) => <Quoted text={url} /> },
  { title: "Where", cell: ({ local }) => (local ? "in the house" : "outside") },
  { title: "Why", cell: ({ reason }) => <Quoted text={reason ?? ""} />, isWideOnly: true },
  { title: "Models", cell: ({ models }) => models ?? "–", isNumber: true },
];

const MODELS: readonly Column<Model>[] = [
  { title: "Model", cell: ({ name }) => <Quoted text={name} /> },
  { title: "From", cell: ({ upstream }) => <Quoted text={upstream} /> },
  { title: "Where", cell: ({ local }) => (local ? "in the house" : "outside") },
];

/** Where models are, whether they answer, and what they are called. */
export function ModelsPage() {
  const upstreams = useLook("/upstreams", { limit: LIMIT }, { everyMs: EVERY_MS });
  const models = useLook("/models", { limit: LIMIT }, { everyMs: EVERY_MS });
  const [places, names] = [upstreams.data?.items ?? [], models.data?.items ?? []];
  return (
    <>
      <PageHead title="Models">Upstreams, and the models that they answer for.</PageHead>
      <ProblemNotice problem={upstreams.error ?? models.error} />
      {upstreams.isPending ? <Loading what="models" /> : null}
      {upstreams.data?.items.length === 0 ? (
        <EmptyState title="No model upstream yet" command="doorward upstreams add ollama --kind ollama">
          Ollama, llama.cpp, vLLM, LM Studio and any OpenAI-compatible address will do.
        </EmptyState>
      ) : null}
      {places.length === 0 ? null : (
        <Section title="Upstreams" count={places.length}>
          <Table label="Upstreams" columns={UPSTREAMS} rows={places} keyOf={({ name }) => name} />
        </Section>
      )}
      {names.length === 0 ? null : (
        <Section title="Models" count={names.length}>
          <Table
            label="Models"
            columns={MODELS}
            rows={names}
            keyOf={({ name, upstream }) => `${upstream}/${name}`}
          />
        </Section>
      )}
    </>
  );
}
