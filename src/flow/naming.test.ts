import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyMemory, keepWritten, type Memory } from "./memory.ts";
import { createNamer } from "./naming.ts";
import { readWords, type Words } from "./words.ts";

const OWN = "ana@works.example";
const isOwn = (value: string): boolean => value === OWN;

type Event =
  | {
      readonly kind: "record";
      readonly title: string;
      readonly author: string | null;
      readonly isTrusted: boolean;
    }
  | { readonly kind: "words"; readonly text: string; readonly standing: Words["standing"] }
  | { readonly kind: "written"; readonly text: string };

const TITLES = ["Winter wheat", "Budget of March", "Re: Budget of March", "Notes"];
const AUTHORS = [OWN, "bob@partner.example", "eve@evil.example", null];
const TEXTS = ["Extend the note Winter wheat", 'Send "Notes" and Budget of March', "Ask bob@partner.example"];

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constant("record" as const),
    title: fc.constantFrom(...TITLES),
    author: fc.constantFrom(...AUTHORS),
    isTrusted: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("words" as const),
    text: fc.constantFrom(...TEXTS),
    standing: fc.constantFrom("attested" as const, "claimed" as const),
  }),
  fc.record({ kind: fc.constant("written" as const), text: fc.constantFrom(...TITLES) }),
);

function apply(memory: Memory, words: Words[], one: Event): void {
  if (one.kind === "words") words.push(readWords({ standing: one.standing, text: one.text }));
  else if (one.kind === "written") keepWritten(memory, one.text);
  else {
    const { title, author, isTrusted } = one;
    const source = {
      tool: "a/b",
      isTrusted,
      isConfidential: false,
      isDirectory: false,
      isMade: false,
      isAskedFor: false,
    };
    memory.sources.push(source);
    memory.records.push({
      ids: [`r${memory.records.length}`],
      titles: [title],
      names: [],
      authors: author === null ? [] : [author],
      audience: null,
      addresses: [],
      amounts: [],
      texts: [title],
      source: memory.sources.length - 1,
    });
  }
}

test("a namer that was asked all along names what one names that sees everything at once", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 25 }), (events) => {
      const [memory, words]: [Memory, Words[]] = [emptyMemory(), []];
      const namer = createNamer(memory, words, isOwn);
      for (const one of events) {
        apply(memory, words, one);
        const fresh = createNamer(memory, words, isOwn).named();
        expect([...namer.named()].toSorted(([a], [b]) => a - b)).toEqual(
          [...fresh].toSorted(([a], [b]) => a - b),
        );
      }
    }),
  );
});
