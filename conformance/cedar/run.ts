import { authorize, EntityUid, indexByScope, readRecord, type Policy, type ScopeIndex } from "#cedar";
import { type Case, exactJson, readCase, type Request } from "./case.ts";
import { type Corpus, readBeside } from "./corpus.ts";
import { readPolicies } from "./policies.ts";
import { readSchema, type Schema } from "./schema.ts";

/** Disagreements told one by one; the others are only counted. */
const TOLD_MAX = 1_000;

export interface Report {
  cases: number;
  requests: number;
  agree: number;
  readonly disagree: Disagreement[];
}

export interface Disagreement {
  readonly case: string;
  /** From 0; null where the case could not be read at all. */
  readonly request: number | null;
  readonly expected: unknown;
  readonly found: unknown;
}

/** Evaluates every case of a corpus; a case agrees when decision, reasons and errors are the ones it names. */
export async function runCorpus(corpus: Corpus, report: Report): Promise<void> {
  for (const name of corpus.names.filter((file) => file.endsWith(".json")).toSorted()) {
    const text = await corpus.read(name);
    const found = text === null ? null : readCase(text);
    if (found === null) continue;
    report.cases += 1;
    report.requests += found.requests.length;
    await runCase(corpus, name, found, report);
  }
}

async function runCase(corpus: Corpus, name: string, given: Case, report: Report): Promise<void> {
  try {
    const index = indexByScope(readPolicies(await readBeside(corpus, name, given.policies)));
    const schema = readSchema(
      given.schema === undefined ? null : await readBeside(corpus, name, given.schema),
    );
    const entities = schema.entities(exactJson(await readBeside(corpus, name, given.entities)));
    for (const [at, request] of given.requests.entries()) {
      const expected = sorted(request.decision, request.reason, request.errors);
      const found = answer({ index, schema, entities }, request);
      if (JSON.stringify(found) === JSON.stringify(expected)) report.agree += 1;
      else tell(report, { case: name, request: at, expected, found });
    }
  } catch (cause) {
    tell(report, { case: name, request: null, expected: "a case that can be read", found: String(cause) });
  }
}

function tell(report: Report, disagreement: Disagreement): void {
  if (report.disagree.length < TOLD_MAX) report.disagree.push(disagreement);
}

interface World {
  readonly index: ScopeIndex<Policy>;
  readonly schema: Schema;
  readonly entities: ReturnType<Schema["entities"]>;
}

function answer({ index, schema, entities }: World, request: Request): unknown {
  const action = uidOf(request.action);
  const environment = {
    principal: uidOf(request.principal),
    action,
    resource: uidOf(request.resource),
    context: readRecord(schema.context(action, request.context)),
    entities,
  };
  const { decision, reasons, errors } = authorize(index.matching(environment), environment);
  return sorted(
    decision,
    reasons,
    errors.map((error) => error.policy),
  );
}

function sorted(decision: string, reason: readonly string[], errors: readonly string[]): unknown {
  return { decision, reason: reason.toSorted(), errors: errors.toSorted() };
}

function uidOf({ type, id }: Request["principal"]): EntityUid {
  return new EntityUid(type, id);
}
