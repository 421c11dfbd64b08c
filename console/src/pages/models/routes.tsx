import "./models.css";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton, DialogButton } from "../../ui/ask.tsx";
import { Button } from "../../ui/button.tsx";
import { Form, LinesField, TextField } from "../../ui/field.tsx";
import { linesIn } from "../../ui/lines.ts";
import { EmptyState, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { Panel, Section } from "../../ui/page.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Health } from "./health.tsx";

type Route = Item<"/models/routes">;

const EVERY_MS = 5_000;
const LIMIT = 200;
const MODEL_CHARACTERS_MAX = 256;
const TARGETS_CHARACTERS_MAX = 4_000;
const STALE = ["/models/routes", "/models"] as const;

const COLUMNS: readonly Column<Route>[] = [
  { title: "Name", cell: ({ model }) => <Quoted text={model} /> },
  { title: "Goes to, best first", cell: (route) => <Targets route={route} /> },
  { title: "Because of", cell: (route) => <Because route={route} /> },
  { title: "Change", cell: (route) => <RouteActs route={route} /> },
];

/** Where every name goes, by rule or by listing. */
export function Routes() {
  const { data, error } = useLook("/models/routes", { limit: LIMIT }, { everyMs: EVERY_MS });
  return (
    <Section
      title="Routes"
      {...(data === undefined ? {} : { count: data.items.length })}
      aside={<SetRoute label="Add route" />}
    >
      <ProblemNotice problem={error} />
      {data?.items.length === 0 ? (
        <EmptyState title="No name goes anywhere yet" command="doorward models set-route NAME UPSTREAM/MODEL">
          Names that upstreams list go there by themselves; a route says otherwise.
        </EmptyState>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <Table label="Routes" columns={COLUMNS} rows={data.items} keyOf={({ model }) => model} />
      )}
      {data === undefined || data.next === null ? null : <Notice>Only the first {LIMIT} are shown.</Notice>}
    </Section>
  );
}

/** Type a name as an agent asks for it, and see where it goes now. */
export function TryName({ name }: { readonly name: string | undefined }) {
  const navigate = useNavigate({ from: "/models" });
  const [text, setText] = useState(name ?? "");
  const asked = name ?? "";
  const isAsked = asked !== "";
  const query = { model: asked, limit: 1 };
  const { data, error } = useLook("/models/routes", query, { everyMs: EVERY_MS, isEnabled: isAsked });
  const [route] = data?.items ?? [];
  return (
    <Section title="Where does a name go?">
      <form
        className="try"
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ search: text.trim() === "" ? {} : { name: text.trim() }, replace: true });
        }}
      >
        <TextField
          label="Name, as an agent asks for it"
          value={text}
          onChange={setText}
          placeholder="llama3.2"
          charactersMax={MODEL_CHARACTERS_MAX}
          autoComplete="off"
        />
        <Button type="submit">Try it</Button>
      </form>
      <ProblemNotice problem={isAsked ? error : null} />
      {isAsked && data !== undefined ? <Answered name={asked} route={route} /> : null}
    </Section>
  );
}

function Answered({ name, route }: { readonly name: string; readonly route: Route | undefined }) {
  const isNowhere = route === undefined || route.targets.length === 0;
  return (
    <Panel>
      <div role="status" className="stack">
        {isNowhere ? (
          <p>
            <Quoted text={name} /> goes nowhere: no route names it, and no upstream lists it.
          </p>
        ) : (
          <>
            <p>
              <Quoted text={name} /> goes to the first of these that answers, because of{" "}
              <Because route={route} />:
            </p>
            <Targets route={route} />
          </>
        )}
      </div>
    </Panel>
  );
}

function Targets({ route: { targets } }: { readonly route: Route }) {
  if (targets.length === 0) return "nowhere";
  return (
    <ol className="targets">
      {targets.map(({ upstream, model, health, reason, backOffUntil, listed, local, price }) => (
        <li key={`${upstream}/${model}`}>
          <Quoted text={`${upstream}/${model}`} />
          <Health health={health} backOffUntil={backOffUntil} />
          {listed === false ? <span className="soft">not listed there</span> : null}
          {local === false ? <span className="soft">outside</span> : null}
          {price === null ? null : <span className="soft">{price} USD a million tokens</span>}
          {reason === null ? null : (
            <span className="soft">
              <Quoted text={reason} />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function Because({ route: { by, rule } }: { readonly route: Route }) {
  if (by === "listed") return "the upstream’s own list";
  if (by === "upstream") return "its name, which says the upstream";
  if (by === "nothing") return "nothing";
  return (
    <span>
      the route <Quoted text={rule ?? ""} />
    </span>
  );
}

function RouteActs({ route: { by, rule, targets } }: { readonly route: Route }) {
  if (rule === null || (by !== "route" && by !== "prefix")) return <span className="soft">–</span>;
  const given = targets.map(({ upstream, model }) => `${upstream}/${model}`);
  return (
    <span className="row">
      <SetRoute label="Change" model={rule} targets={given} />
      <RemoveRoute model={rule} />
    </span>
  );
}

interface Wanted {
  readonly label: string;
  readonly model?: string;
  readonly targets?: readonly string[];
}

function SetRoute(props: Wanted) {
  return (
    <DialogButton label={props.label} title={props.model === undefined ? "Add route" : "Change route"}>
      {(close) => <Setting {...props} close={close} />}
    </DialogButton>
  );
}

function Setting({ model: given, targets: before, close }: Wanted & { readonly close: () => void }) {
  const write = useWrite();
  const [model, setModel] = useState(given ?? "");
  const [lines, setLines] = useState((before ?? []).join("\n"));
  const act = async (): Promise<void> => {
    const targets = linesIn(lines);
    const what = `let the model name ${model} go to ${targets.join(", then ")}`;
    const isDone = await write({ what, done: "Route set", stale: STALE }, () =>
      change("/models/set-route", { model: model.trim(), targets }),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Set route" act={act}>
      {given === undefined ? (
        <TextField
          label="Name that agents ask for"
          value={model}
          onChange={setModel}
          placeholder="gpt-*"
          hint="A * at the end stands for every name that begins so."
          charactersMax={MODEL_CHARACTERS_MAX}
          autoComplete="off"
        />
      ) : (
        <p>
          Where <Quoted text={given} /> goes:
        </p>
      )}
      <LinesField
        label="Goes to, one on each line, best first"
        value={lines}
        onChange={setLines}
        placeholder={"ollama/llama3.2\ngpu/meta-llama/Llama-3.2-3B"}
        hint="UPSTREAM/MODEL; UPSTREAM/* keeps the name as it was asked for."
        charactersMax={TARGETS_CHARACTERS_MAX}
      />
    </Form>
  );
}

function RemoveRoute({ model }: { readonly model: string }) {
  const write = useWrite();
  return (
    <DangerButton
      label="Remove"
      title="Remove a route"
      confirm="Remove it"
      act={() =>
        write({ what: `remove the route of ${model}`, done: "Route removed", stale: STALE }, () =>
          change("/models/remove-route", { model }),
        )
      }
    >
      <p>
        <Quoted text={model} /> then goes where a prefix or the upstreams’ own lists say, or nowhere.
      </p>
    </DangerButton>
  );
}
