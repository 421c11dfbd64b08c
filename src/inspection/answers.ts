import type { Digest } from "#base";
import { type ModelFacts, readFingerprint } from "#models";
import { SEVERITIES, verdictOf, VERDICTS } from "#scan";
import { z } from "zod";
import type { Answers, JobName } from "./port.ts";

// What a child answers is hostile: it may have been taken over by the file that it read. Only what fits these shapes goes on.

/** A name in an archive may be as long as that; more of it than TEXT_CHARACTERS_MAX says nothing to anybody. */
const HEARD_CHARACTERS_MAX = 1_048_576;
const TEXT_CHARACTERS_MAX = 4_000;
const LIST_MAX = 1_000;
const PATH_PARTS_MAX = 32;
/** Whatever could move a cursor, hide or reorder text; as src/cli/text.ts. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text for people: on one line, with nothing in it that a terminal or a page obeys. */
export function inert(text: string): string {
  return text.replaceAll(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

const said = z
  .string()
  .max(HEARD_CHARACTERS_MAX)
  .transform((text) => inert(text.slice(0, TEXT_CHARACTERS_MAX)));
const id = (pattern: RegExp) => z.string().max(100).regex(pattern);
const count = z.number().int().nonnegative();
const kinds = z.array(id(/^[\w.+-]+$/)).max(LIST_MAX);

const finding = z.strictObject({
  rule: id(/^[a-z0-9][a-z0-9.-]*$/),
  severity: z.enum(SEVERITIES),
  verdict: z.enum(VERDICTS).exclude(["clean"]),
  says: said,
  techniques: z.array(id(/^AML\.T[\d.]+$/)).max(20),
  path: z.array(said).min(1).max(PATH_PARTS_MAX),
  offset: count.nullable(),
  evidence: z.array(said).max(LIST_MAX),
  advisories: z.array(id(/^[A-Z][\w.-]+$/)).max(50),
});

/** The verdict follows from the findings, whatever the child makes of them; it may only be graver, where findings were cut. */
const scan = z
  .strictObject({ verdict: z.enum(VERDICTS), findings: z.array(finding).max(LIST_MAX), kinds, parts: count })
  .transform((answer) => ({ ...answer, verdict: graver(answer.verdict, verdictOf(answer.findings)) }));

function graver(one: (typeof VERDICTS)[number], other: (typeof VERDICTS)[number]) {
  return VERDICTS.indexOf(one) > VERDICTS.indexOf(other) ? one : other;
}

const DECLARED_CHARACTERS_MAX = 65_536;
/** Text of the file that has to stay as it is, since digests are over it: whoever shows it makes it inert. */
const verbatim = z.string().max(4 * 1_048_576);
const declaredText = z.string().max(DECLARED_CHARACTERS_MAX).nullable();
export const digest = z.custom<Digest>(
  (value) => typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value),
);
/** A word of a closed list of #models, which grows there. */
const word = <Word extends string>() =>
  z.custom<Word>((value) => typeof value === "string" && /^[\w.+-]{1,60}$/.test(value));

const baseModel = z.strictObject({
  name: declaredText,
  organization: declaredText,
  version: declaredText,
  repository: declaredText,
});

const facts: z.ZodType<ModelFacts> = z.strictObject({
  format: word<ModelFacts["format"]>(),
  kind: word<ModelFacts["kind"]>(),
  architecture: declaredText,
  parameters: count.nullable(),
  contextLength: count.nullable(),
  quantisation: z.strictObject({
    dominant: declaredText,
    types: z
      .array(z.strictObject({ type: z.string().max(100), tensors: count, elements: count }))
      .max(LIST_MAX),
    declared: declaredText,
    isContradicted: z.boolean(),
  }),
  tokenizer: z
    .strictObject({
      model: declaredText,
      tokens: count,
      tokensDigest: digest,
      mergesDigest: digest.nullable(),
      scoresDigest: digest.nullable(),
    })
    .nullable(),
  templates: z
    .array(
      z.strictObject({ name: z.string().max(DECLARED_CHARACTERS_MAX), digest, text: verbatim.nullable() }),
    )
    .max(LIST_MAX),
  declared: z.strictObject({
    name: declaredText,
    author: declaredText,
    organization: declaredText,
    version: declaredText,
    sizeLabel: declaredText,
    quantizedBy: declaredText,
    licence: declaredText,
    licenceName: declaredText,
    licenceLink: declaredText,
    repository: declaredText,
    baseModels: z.array(baseModel).max(LIST_MAX),
  }),
  adapterOf: z.strictObject({ method: declaredText, base: declaredText }).nullable(),
  mergeOf: z
    .strictObject({ method: declaredText, models: z.array(z.string().max(512)).max(LIST_MAX) })
    .nullable(),
  part: z.strictObject({ no: count, count }).nullable(),
});

const oddity = z.strictObject({ rule: id(/^[a-z0-9][a-z0-9.-]*$/), what: said, at: count });

const identified = z.strictObject({
  kinds,
  facts: facts.nullable(),
  oddities: z.array(oddity).max(100_000),
  malformed: z.strictObject({ what: said, at: count }).nullable(),
});

const inertList = z.array(said).max(LIST_MAX);
const claims = z.strictObject({
  claims: z
    .array(
      z.strictObject({
        from: said,
        is: z.enum(["text", "tag"]),
        says: said,
        licences: inertList,
        unknown: inertList,
      }),
    )
    .max(LIST_MAX),
  bases: inertList,
  names: inertList,
  blobs: inertList,
});

const FINGERPRINT_CHARACTERS_MAX = 4 * 1_048_576;

/** It comes as its text, and is read here as any other that somebody else wrote. */
const fingerprint = z
  .strictObject({
    text: z.string().max(FINGERPRINT_CHARACTERS_MAX).nullable(),
    malformed: z.strictObject({ what: said, at: count }).nullable(),
  })
  .transform(({ text, malformed }, context) => {
    const read = text === null ? null : readFingerprint(Buffer.from(text));
    if (read?.ok === true) return { print: read.print, malformed: null };
    if (read === null && malformed !== null) return { print: null, malformed };
    context.addIssue("neither a fingerprint nor why there is none");
    return z.NEVER;
  });

export const ANSWERS: { readonly [Job in JobName]: z.ZodType<Answers[Job]> } = {
  scan,
  identify: identified,
  claims,
  fingerprint,
};

const failed = z.strictObject({
  id: count,
  failed: z.enum(["unreadable", "memory", "crashed"]),
  says: said,
});

export type Heard<Job extends JobName> =
  | { readonly kind: "answer"; readonly answer: Answers[Job] }
  | { readonly kind: "failed"; readonly why: "unreadable" | "memory" | "crashed"; readonly says: string }
  | { readonly kind: "garbage" };

/** What a line of a child says to the question of this number; anything else than an answer to it is garbage. */
export function heard<Job extends JobName>(line: string, question: number, job: Job): Heard<Job> {
  const message = parsed(line);
  const refusal = failed.safeParse(message);
  if (refusal.success && refusal.data.id === question)
    return { kind: "failed", why: refusal.data.failed, says: refusal.data.says };
  const shape = z.strictObject({ id: z.literal(question), answer: z.unknown() }).safeParse(message);
  const answer = shape.success ? ANSWERS[job].safeParse(shape.data.answer) : shape;
  return answer.success ? { kind: "answer", answer: answer.data } : { kind: "garbage" };
}

/** Its first line, which says that it can begin. */
export function isReady(line: string): boolean {
  return z.strictObject({ ready: z.literal(true) }).safeParse(parsed(line)).success;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
