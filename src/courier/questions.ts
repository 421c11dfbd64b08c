import type { Store } from "#store";
import { type QuestionAnswer, QUESTION_ANSWERS, questionToken, tokenDigest } from "./tokens.ts";

// A stop takes two taps: the first has the card ask, the second is on a button that only this question has.

type Query = Store["query"];

/** How long the second tap is waited for. */
export const QUESTION_MS = 2 * 60_000;
/** How often one card may ask. */
const QUESTIONS_PER_POST_MAX = 20;

/** What a card asks, of whom, since when. */
export interface Question {
  readonly approval: string;
  /** Id of the user whose tap it was: nobody else's second tap counts. */
  readonly by: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A button of a question, as it is kept: `stop-agent usr_… 1700000000000`, and with ` over` once it is answered or taken back. */
export interface QuestionButton extends Pick<Question, "by" | "at"> {
  readonly answer: QuestionAnswer;
  readonly isOver: boolean;
}

export function readQuestion(text: string): QuestionButton | null {
  const [answer, by, at, over] = text.split(" ");
  const known = QUESTION_ANSWERS.find((one) => one === answer);
  if (known === undefined || by === undefined) return null;
  return { answer: known, by, at: Number(at), isOver: over !== undefined };
}

/** Time that went back gives a question no second life. */
export function isAsked({ at, isOver }: Pick<QuestionButton, "at" | "isOver">, now: number): boolean {
  return !isOver && now >= at && now < at + QUESTION_MS;
}

/** What can be answered on a post at all, and what it asks now. */
export interface PostAnswers {
  /** `approve`, `deny`, `stop`, `grant`: a post that is older than an answer has no token for it. */
  readonly known: ReadonlySet<string>;
  readonly question: Question | null;
}

export async function answersOf(query: Query, post: string, now: number): Promise<PostAnswers> {
  const rows = await query
    .selectFrom("post_tokens")
    .select(["approval_id", "answer"])
    .where("post_id", "=", post)
    .execute();
  const asked = rows.flatMap(({ approval_id: approval, answer }) => {
    const one = readQuestion(answer);
    return one === null || !isAsked(one, now) ? [] : [{ approval, by: one.by, at: one.at }];
  });
  const question = asked.toSorted((one, other) => other.at - one.at)[0] ?? null;
  return { known: new Set(rows.map(({ answer }) => answer)), question };
}

/** False: this card asked too often. */
export async function ask(
  query: Query,
  post: { readonly id: string; readonly seed: Uint8Array },
  question: Question,
): Promise<boolean> {
  const rows = await query
    .selectFrom("post_tokens")
    .select("answer")
    .where("post_id", "=", post.id)
    .execute();
  const before = rows.filter(({ answer }) => answer.startsWith("back ")).length;
  if (before >= QUESTIONS_PER_POST_MAX) return false;
  const { approval, by, at } = question;
  const tokens = QUESTION_ANSWERS.map((answer) => ({
    digest: tokenDigest(questionToken(post.seed, question, answer)),
    post_id: post.id,
    approval_id: approval,
    answer: `${answer} ${by} ${at}`,
  }));
  await query
    .insertInto("post_tokens")
    .values(tokens)
    .onConflict((one) => one.doNothing())
    .execute();
  return true;
}

/** From here on its buttons say nothing. */
export async function endQuestions(query: Query, post: string): Promise<void> {
  const rows = await query.selectFrom("post_tokens").selectAll().where("post_id", "=", post).execute();
  const open = rows.filter(({ answer }) => readQuestion(answer)?.isOver === false);
  for (const { digest, answer } of open)
    await query
      .updateTable("post_tokens")
      .set({ answer: `${answer} over` })
      .where("digest", "=", digest)
      .execute();
}
