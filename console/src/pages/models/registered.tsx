import { useState } from "react";
import { type Answer, change } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DialogButton } from "../../ui/ask.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { ActButton, Form, TextField } from "../../ui/field.tsx";
import { Loading, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { DetailHead, Facts, Panel, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago, Time, Until } from "../../ui/time.tsx";
import { PROOF_WORDS, STATUS_TONES, VERDICT_TONES } from "./register-words.ts";

type Model = Answer<"/models/get">;
type Terms = NonNullable<Model["terms"]>;

const EVERY_MS = 5_000;
const REASON_CHARACTERS_MAX = 500;
const BACK = { to: "/models", title: "Models" } as const;
const STALE = ["/models/registered", "/models/get"] as const;

/** One model of the register: what is asked, what was found out, what answers under its names now. */
export function RegisteredPage({ digest }: { readonly digest: string }) {
  const { data, error, isPending } = useLook("/models/get", { digest }, { everyMs: EVERY_MS });
  return (
    <>
      <DetailHead
        name={data?.name ?? digest}
        back={BACK}
        aside={data === undefined ? null : <Acts model={data} />}
      >
        {data === undefined ? null : <StatusChip word={data.status} tone={STATUS_TONES[data.status]} />}
      </DetailHead>
      <ProblemNotice problem={error} />
      {isPending ? <Loading what="the model" /> : null}
      {data === undefined ? null : <Whole model={data} />}
    </>
  );
}

function Whole({ model }: { readonly model: Model }) {
  const { reason, proposal, terms, serving, places } = model;
  return (
    <>
      {reason === null ? null : (
        <Notice tone="bad">
          <strong>Why: </strong>
          <Quoted text={reason} />
        </Notice>
      )}
      <div className="columns">
        <Section title="About it">
          <Panel>
            <AboutIt model={model} />
          </Panel>
        </Section>
        {proposal === null ? null : <Proposed proposal={proposal} />}
      </div>
      {serving.length === 0 ? null : (
        <Section title="What answers under its names now" count={serving.length}>
          <Table label="What answers now" columns={SERVING} rows={serving} keyOf={({ name }) => name} />
        </Section>
      )}
      {terms === null ? null : <EvidenceOf terms={terms} />}
      {places.length === 0 ? null : (
        <Section title="Where it was seen" count={places.length}>
          <Table
            label="Where it was seen"
            columns={PLACES}
            rows={places}
            keyOf={({ host, path }) => `${host} ${path}`}
          />
        </Section>
      )}
    </>
  );
}

function AboutIt({ model }: { readonly model: Model }) {
  const { owner, purpose, licence, approvedAt, expiresAt } = model;
  return (
    <Facts
      facts={[
        ["Digest", <Quoted text={model.digest} />],
        ["Format", model.format === null ? null : <Quoted text={model.format} />],
        ["Owner", owner === null ? "nobody yet" : <Quoted text={owner} />],
        ["Purpose", purpose === null ? null : <Quoted text={purpose} />],
        ["Risk", model.risk],
        ["Licence", licence === null ? "unknown" : <Quoted text={licence} />],
        ["Answers as", model.services.length === 0 ? null : <Quoted text={model.services.join(", ")} />],
        ["Approved", approvedAt === null ? null : <Time at={approvedAt} />],
        ["Until", expiresAt === null ? null : <Until at={expiresAt} />],
        ["Found", <Time at={model.foundAt} />],
      ]}
    />
  );
}

function Proposed({ proposal }: { readonly proposal: NonNullable<Model["proposal"]> }) {
  const { by, at, outcome, groups, missing, terms, decisions } = proposal;
  const answers = decisions.map((one) => `${one.by}: ${one.answer === "approve" ? "yes" : "no"}`);
  return (
    <Section title="Last proposal">
      <Panel>
        <Facts
          facts={[
            ["It is", outcome],
            ["By", <Quoted text={by} />],
            ["When", <Ago at={at} />],
            ["Purpose", <Quoted text={terms.purpose} />],
            ["Risk", terms.risk],
            ["For", `${terms.validDays} days`],
            ["Must say yes", <Quoted text={groups.join("; ")} />],
            ["Still missing", missing.length === 0 ? null : <Quoted text={missing.join("; ")} />],
            ["Answers", answers.length === 0 ? null : <Quoted text={answers.join("; ")} />],
          ]}
        />
      </Panel>
    </Section>
  );
}

const SERVING: readonly Column<Model["serving"][number]>[] = [
  { title: "Name", cell: ({ name }) => <Quoted text={name} /> },
  {
    title: "Is it",
    cell: ({ same, digest }) =>
      digest === null ? (
        <StatusChip word="not known" tone="wait" />
      ) : (
        <StatusChip word={same ? "as asked for" : "another"} tone={same ? "good" : "bad"} />
      ),
  },
  { title: "Proof", cell: ({ proof }) => PROOF_WORDS[proof] },
  { title: "Digest", cell: ({ digest }) => <Quoted text={digest ?? "not known"} /> },
  { title: "Why", cell: ({ why }) => <Quoted text={why ?? ""} />, isWideOnly: true },
];

const EVIDENCE: readonly Column<Terms["evidence"][number]>[] = [
  { title: "Kind", cell: ({ kind }) => kind },
  { title: "Says", cell: ({ verdict }) => <StatusChip word={verdict} tone={VERDICT_TONES[verdict]} /> },
  { title: "Summary", cell: ({ summary }) => <Quoted text={summary} /> },
  { title: "Report", cell: ({ digest }) => <Quoted text={digest} />, isWideOnly: true },
];

const PLACES: readonly Column<Model["places"][number]>[] = [
  { title: "Machine", cell: ({ host }) => <Quoted text={host} /> },
  { title: "Path", cell: ({ path }) => <Quoted text={path} /> },
  { title: "Seen", cell: ({ at }) => <Ago at={at} /> },
];

function EvidenceOf({ terms: { evidence } }: { readonly terms: Terms }) {
  if (evidence.length === 0) return null;
  return (
    <Section title="Evidence" count={evidence.length}>
      <Table
        label="Evidence"
        columns={EVIDENCE}
        rows={evidence}
        keyOf={({ kind, digest }) => `${kind} ${digest}`}
      />
    </Section>
  );
}

/** A yes names the proposal that is on the page: one that was made since is another. */
function Acts({ model }: { readonly model: Model }) {
  const { digest, name, proposal, waits, status } = model;
  const write = useWrite();
  const answer = (word: "approve" | "deny") => async (): Promise<void> => {
    const what = `${word} the model ${name}`;
    const body = { digest, ...(proposal === null ? {} : { proposal: proposal.digest }) };
    const done = word === "approve" ? "Your yes is on record" : "Your no is on record";
    await write({ what, done, stale: STALE }, () => change(`/models/${word}`, body));
  };
  return (
    <>
      {waits ? <ActButton act={answer("approve")}>Approve</ActButton> : null}
      {waits ? <ActButton act={answer("deny")}>Deny</ActButton> : null}
      {status === "approved" ? (
        <DialogButton label="Deprecate" title="Deprecate a model">
          {(close) => <Ending model={model} act="deprecate" close={close} />}
        </DialogButton>
      ) : null}
      {status === "revoked" ? null : (
        <DialogButton label="Revoke" title="Revoke a model" kind="danger">
          {(close) => <Ending model={model} act="revoke" close={close} />}
        </DialogButton>
      )}
    </>
  );
}

const SAYS = {
  deprecate: "It serves on, and policy sees that it is on its way out.",
  revoke: "What it answers now is cut, and it serves nobody from then on, under no name.",
} as const;

function Ending(props: {
  readonly model: Model;
  readonly act: "deprecate" | "revoke";
  readonly close: () => void;
}) {
  const { model, act, close } = props;
  const write = useWrite();
  const [reason, setReason] = useState("");
  const end = async (): Promise<void> => {
    const what = `${act} the model ${model.name}`;
    const done = act === "revoke" ? "Revoked" : "Deprecated";
    const isDone = await write({ what, done, stale: STALE }, () =>
      change(`/models/${act}`, { digest: model.digest, reason }),
    );
    if (isDone) close();
  };
  return (
    <Form submit={act === "revoke" ? "Revoke it" : "Deprecate it"} act={end}>
      <p>
        <Quoted text={model.name} />: {SAYS[act]}
      </p>
      <TextField
        label="Why"
        value={reason}
        onChange={setReason}
        hint="Shown to people, and kept for the record."
        charactersMax={REASON_CHARACTERS_MAX}
        autoComplete="off"
      />
    </Form>
  );
}
