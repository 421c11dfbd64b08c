import { describe, expect, test } from "vitest";
import {
  CARD_DOUBT,
  CARD_NOW,
  cardFacts,
  cardView,
  labelsOn,
  leftOutOn,
  MAIL_MANIFEST,
  textsOn,
  warningsOn,
} from "../../tests/samples/card-facts.ts";
import type { Card } from "./card.ts";
import { cardOf } from "./card-of.ts";
import { cardText } from "./plain.ts";
import type { CardFacts, CardView, PrivacyLabel, PrivacyLevel } from "./facts.ts";

function made(facts: Partial<CardFacts> = {}, view: Partial<CardView> = {}) {
  return cardOf(cardFacts(facts), cardView(view));
}

function at(level: PrivacyLevel, withheld: readonly PrivacyLabel[] = []): Partial<CardView> {
  return { fields: { level, withheld } };
}

const buttons = (card: Card): string[] => card.buttons.map(({ label }) => label);

describe("what a card says", () => {
  test("a mail, in five seconds", () => {
    const { card, whole, digest } = made();
    expect(card.title).toBe("mailbot asks for mail/send");
    expect(card.sections[0]).toEqual({
      kind: "text",
      text: "Send an e-mail to finance@example⟨.⟩com about Invoice 4711",
    });
    expect(card.status).toEqual({
      kind: "open",
      text: "Waiting for finance until 14:44 UTC; then it is refused",
    });
    expect(card.sections[1]).toEqual({
      kind: "fields",
      fields: [
        { label: "Agent", value: "mailbot (ana answers for it)" },
        { label: "On behalf of", value: "ben" },
        { label: "Tool", value: "mail/send" },
        { label: "Risk", value: "reaches others, and cannot be called back (write, outbound)" },
        { label: "Why it waits", value: "Mail that leaves the house waits for a person." },
        { label: "Rule", value: "hold-mail-outside" },
        { label: "Request", value: "apr_00000000000000000000000060" },
      ],
    });
    expect(labelsOn(card)).toEqual([
      "to (destination)",
      "subject (content)",
      "body (content)",
      "copies (control)",
    ]);
    expect(buttons(card)).toEqual(["Approve once", "Deny"]);
    expect({ whole, digest: digest.slice(0, 7), warnings: warningsOn(card) }).toEqual({
      whole: true,
      digest: "sha256:",
      warnings: [],
    });
  });

  test.each<[string, Partial<CardFacts>, string]>([
    ["no manifest", { manifest: null }, "Use a tool of which nobody said what it does (mail/send)"],
    [
      "no summary",
      { manifest: { ...MAIL_MANIFEST, summary: null } },
      "Send to finance@example⟨.⟩com (mail/send)",
    ],
    ["an argument that is not given", { arguments: { to: "a" } }, "Send an e-mail to a about (none)"],
    [
      "several addressees",
      { arguments: { to: ["a@b.org", "c"], subject: "x" } },
      "Send an e-mail to a@b⟨.⟩org, c about x",
    ],
    [
      "an agent that would word it",
      { arguments: { to: "x", subject: "x — already approved by Ada. {to} {body}" } },
      "Send an e-mail to x about x — already approved by Ada⟨.⟩ {to} {body}".replace("⟨.⟩", "."),
    ],
    [
      "money",
      {
        manifest: {
          ...MAIL_MANIFEST,
          effect: "money",
          roles: { iban: "account", sum: "amount" },
          summary: null,
        },
        arguments: { iban: "CH93", sum: 1200 },
      },
      "Move money of 1200 to account CH93 (mail/send)",
    ],
    [
      "no tool at all",
      { verb: "resources/read", target: "resources/read", manifest: null },
      "Read a resource of mail/resources/read",
    ],
  ])("%s", (_what, facts, title) => {
    expect(textsOn(made(facts).card)[0]).toBe(title);
  });

  test("what a filled argument makes of it", () => {
    const manifest = { ...MAIL_MANIFEST, effect: "write", effectIf: { to: "send" }, summary: null } as const;
    expect(textsOn(made({ manifest }).card)[0]).toMatch(/^Send/u);
    expect(textsOn(made({ manifest, arguments: { to: [], subject: "x" } }).card)[0]).toMatch(/^Change/u);
  });

  test("doubts, with where the value comes from", () => {
    const made1 = made({
      doubts: [
        CARD_DOUBT,
        { ...CARD_DOUBT, argument: "subject", value: "Invoice 4711", origin: "model", seenIn: [] },
      ],
    });
    expect(warningsOn(made1.card)).toEqual([
      "The destination “finance@example⟨.⟩com” in “to” comes from what others wrote in “web/fetch”; neither the user nor anything reliable names it.",
      "The destination “Invoice 4711” in “subject” was seen nowhere: the agent made it up, and the user did not name it.",
    ]);
  });

  test("what passes on what it should not, a tool that nobody reviewed, an agent that can go around", () => {
    const { card } = made({
      flow: { readers: "beyond", carries: ["account", "link"], restricted: null },
      manifest: null,
      agent: { name: "m", owner: "o", stage: "enforce", isBypassable: true },
    });
    expect(warningsOn(card)).toEqual([
      "Its content holds something that not everybody it reaches may read.",
      "Its content passes on from what others wrote: account, link.",
      "Nobody has reviewed what this tool does or what its arguments are for.",
      "The agent runs as Doorward's own user on this machine and can go around the doors.",
    ]);
  });

  test("letters that hide, and letters that pass for others where it says whom", () => {
    const { card } = made({
      arguments: { to: "ada@ex\u0430mple.org", subject: "x", body: `a\u200bb\u202e ex\u0430mple` },
    });
    expect(warningsOn(card)).toEqual([
      "“to”: “ada@ex\u0430mple⟨.⟩org” is not “ada@example⟨.⟩org”; some of its letters only look like those.",
      "“body” holds 2 characters that would not be seen; here by code.",
    ]);
    expect(labelsOn(card)).toHaveLength(3);
  });

  test("a whole Cyrillic sentence is no look-alike", () => {
    expect(warningsOn(made({ arguments: { to: "Иван Жуков", subject: "я" } }).card)).toEqual([]);
  });

  test("what the agent says stands apart, named as its own words, and is cut", () => {
    const claim = { who: "mailbot", text: `Ada said yes. ${"x".repeat(900)}` };
    const section = made({ claim }).card.sections.at(-1);
    expect(section).toMatchObject({ kind: "claim", who: "mailbot" });
    expect(JSON.stringify(section).length).toBeLessThan(600);
    const stricter = [at("decisive"), at("full", ["role:content"])];
    for (const view of stricter)
      expect(JSON.stringify(made({ claim }, view).card)).not.toContain("Ada said yes");
  });
});

describe("how it stands", () => {
  const yes = { by: "ada", answer: "approve", at: CARD_NOW - 60_000, via: "slack", note: null };
  test.each<[string, Partial<CardFacts>, string, string]>([
    [
      "two groups",
      { groups: ["a", "b"], missing: ["a", "b, 2, not-owner"] },
      "open",
      "Waiting for a and b (2 people, not the agent's owner) until 14:44 UTC; then it is refused",
    ],
    [
      "one of two said yes",
      { decisions: [yes] },
      "open",
      "Waiting for finance until 14:44 UTC; then it is refused; yes so far from ada",
    ],
    [
      "days",
      { expiresAt: CARD_NOW + 200_000_000 },
      "open",
      "Waiting for finance until 2026-11-23 22:03 UTC; then it is refused",
    ],
    [
      "approved",
      { status: "approved", decisions: [yes] },
      "approved",
      "Approved by ada at 14:29 UTC; good for this one call until 14:44 UTC",
    ],
    [
      "used",
      { status: "consumed", decisions: [yes] },
      "used",
      "Approved by ada at 14:29 UTC, and released once",
    ],
    [
      "denied",
      { status: "denied", decisions: [{ ...yes, answer: "deny" }] },
      "denied",
      "Denied by ada at 14:29 UTC",
    ],
    [
      "denied, and the agent stopped",
      { status: "denied", decisions: [{ ...yes, answer: "deny", stopped: "agent" }] },
      "denied",
      "Denied by ada at 14:29 UTC; the agent was stopped too",
    ],
    [
      "denied, and the session stopped",
      { status: "denied", decisions: [{ ...yes, answer: "deny", stopped: "session" }] },
      "denied",
      "Denied by ada at 14:29 UTC; that session of the agent was stopped too",
    ],
    ["over by now", { expiresAt: CARD_NOW }, "expired", "Expired at 14:30 UTC: refused, nothing was done"],
    ["withdrawn", { status: "withdrawn" }, "withdrawn", "Withdrawn: nobody needs to answer any more"],
    [
      "an approver with a name of his own",
      { status: "denied", decisions: [{ ...yes, by: "<!here>" }] },
      "denied",
      "Denied by ⟨<⟩!here> at 14:29 UTC",
    ],
  ])("%s", (_what, facts, kind, text) => {
    const { card } = made(facts);
    expect(card.status).toEqual({ kind, text });
    expect({ can: card.buttons.length > 0 || card.typed !== null }).toEqual({ can: kind === "open" });
  });
});

describe("whole or not (T19)", () => {
  const long = { to: "a@b.org", subject: "x", body: "b".repeat(5_000) };

  test("a long body that does not decide is cut, with length and digest; the tap stays", () => {
    const { card, whole } = made({ arguments: long });
    const body = card.sections.find((one) => one.kind === "verbatim" && one.label === "body (content)");
    expect(JSON.stringify(body)).toMatch(/\[cut: 5,000 characters, SHA-256 [0-9a-f]{16}…\]/u);
    expect({ whole, buttons: buttons(card) }).toEqual({ whole: true, buttons: ["Approve once", "Deny"] });
  });

  test.each<[string, Partial<CardFacts>, Partial<CardView>]>([
    ["a long addressee", { arguments: { ...long, to: "a".repeat(5_000) } }, {}],
    [
      "4,000 letters of a tool that nobody reviewed",
      { manifest: null, arguments: { x: "y".repeat(4_000) } },
      {},
    ],
    [
      "a body that passes on what it should not",
      { arguments: long, flow: { readers: "none", carries: ["link"], restricted: null } },
      {},
    ],
    ["a body that a doubt is about", { arguments: long, doubts: [{ ...CARD_DOUBT, argument: "body" }] }, {}],
    ["an argument without a role", { arguments: { to: "a", more: "x".repeat(5_000) } }, {}],
    ["minimal", {}, at("minimal")],
    ["withheld by its role", {}, at("full", ["role:destination"])],
    ["arguments that are gone", { arguments: null }, {}],
    [
      "too many doubts to list",
      { doubts: Array.from({ length: 9 }, (_, n) => ({ ...CARD_DOUBT, value: `${n}` })) },
      {},
    ],
    ["nested too deep", { manifest: null, arguments: { x: nested(40) } }, {}],
  ])("%s: nobody can approve on it, and everybody deny", (_what, facts, view) => {
    const { card, whole, shown } = made(facts, view);
    expect({ whole, buttons: buttons(card), typed: card.typed, said: shown["whole"] }).toEqual({
      whole: false,
      buttons: ["Deny"],
      typed: { approve: null, deny: "deny 4F7K-2Q9M" },
      said: false,
    });
  });

  test("a place with room for more shows more", () => {
    const facts = { manifest: null, arguments: { x: "y".repeat(4_000) } };
    expect(made(facts, { abilities: { buttons: true, textMax: 40_000 } }).whole).toBe(true);
  });

  test("it fits where it is shown, whatever is asked for", () => {
    for (const textMax of [1_000, 1_600, 4_000])
      for (const size of [0, 10, 500, 5_000, 100_000]) {
        const many = Object.fromEntries(Array.from({ length: size / 50 }, (_, n) => [`${n}\n\u200b`, "d\n"]));
        const { card } = made(
          {
            arguments: { ...many, to: "a".repeat(size), body: "b\n".repeat(size), list: ["c".repeat(size)] },
          },
          { abilities: { buttons: true, textMax } },
        );
        expect({ textMax, size, isFitting: cardText(card).length < textMax }).toEqual({
          textMax,
          size,
          isFitting: true,
        });
      }
  });

  test("what does not fit at all is counted", () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`argument ${n}`, "x".repeat(99)]));
    const { card, whole } = made({ manifest: null, arguments: many });
    expect(whole).toBe(false);
    expect(leftOutOn(card)[0]).toMatch(/^\d+ more values do not fit here: shown after signing in\.$/u);
  });

  test("without buttons or tokens there is nothing to tap", () => {
    expect(made({}, { tokens: null }).card.buttons).toEqual([]);
    expect(made({}, { abilities: { buttons: false, textMax: 4_000 } }).card).toMatchObject({
      buttons: [],
      typed: { approve: "approve 4F7K-2Q9M" },
    });
  });
});

test("what was shown is recorded without what opens anything", () => {
  const { shown, digest } = made();
  const text = JSON.stringify(shown);
  expect(text).not.toMatch(/dw1\.|4F7K|doorward\.example/u);
  expect(shown).toMatchObject({
    approval: "apr_00000000000000000000000060",
    level: "full",
    whole: true,
    buttons: ["Approve once", "Deny"],
    arguments: { to: "whole", body: "whole", copies: "whole", subject: "whole" },
  });
  expect(made({}, { tokens: { approve: "x", deny: "y" } }).digest).toBe(digest);
  expect(made({ reason: "Another." }).digest).not.toBe(digest);
});

function nested(depth: number): CardFacts["arguments"] {
  return depth === 0 ? {} : { in: nested(depth - 1) };
}
