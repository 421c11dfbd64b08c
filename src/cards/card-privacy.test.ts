import { describe, expect, test } from "vitest";
import {
  CARD_DOUBT,
  cardFacts,
  cardView,
  labelsOn,
  leftOutOn,
  MAIL_MANIFEST,
  warningsOn,
} from "../../tests/samples/card-facts.ts";
import { cardOf } from "./card-of.ts";
import type { CardFacts, CardPrivacy, CardView, PrivacyLabel, PrivacyLevel } from "./facts.ts";

const PRIVATE = "Die Kontonummer ist geheim";
function made(facts: Partial<CardFacts> = {}, view: Partial<CardView> = {}) {
  return cardOf(cardFacts(facts), cardView(view));
}

function at(level: PrivacyLevel, withheld: readonly PrivacyLabel[] = []): Partial<CardView> {
  return { fields: { level, withheld } };
}

describe("privacy", () => {
  const secret = {
    to: "finance@example.com",
    subject: PRIVATE,
    body: PRIVATE,
    token: "sk-very-secret",
    note: PRIVATE,
  };
  const manifest = {
    ...MAIL_MANIFEST,
    roles: { ...MAIL_MANIFEST.roles, token: "credential", note: "control" },
  } as const;
  const facts = { arguments: secret, manifest, reason: `It says ${PRIVATE}.` };

  test.each<[string, CardPrivacy, readonly string[], string | null]>([
    ["minimal", { level: "minimal", withheld: [] }, [], "5 values are shown after signing in."],
    [
      "decisive",
      { level: "decisive", withheld: [] },
      ["to (destination)"],
      "4 values are shown after signing in: token, subject, body, note.",
    ],
    [
      "full, but no secret",
      { level: "full", withheld: [] },
      ["to (destination)", "subject (content)", "body (content)", "note (control)"],
      "1 value is shown after signing in: token.",
    ],
    [
      "full, but no content",
      { level: "full", withheld: ["role:content"] },
      ["to (destination)", "note (control)"],
      "3 values are shown after signing in: token, subject, body.",
    ],
    [
      "nothing of one server",
      { level: "full", withheld: ["server:mail"] },
      [],
      "5 values are shown after signing in: to, token, subject, body, note.",
    ],
    [
      "a face of ours",
      { level: "minimal", withheld: ["server:mail"], isOurs: true },
      ["to (destination)", "token (credential)", "subject (content)", "body (content)", "note (control)"],
      null,
    ],
  ])("%s", (_what, fields, shownLabels, left) => {
    const { card } = made(facts, { fields });
    expect(labelsOn(card)).toEqual(shownLabels);
    expect(leftOutOn(card)).toEqual(left === null ? [] : [left]);
    const all = JSON.stringify(card);
    expect(all.includes("sk-very-secret")).toBe(fields.isOurs === true);
    expect(all.includes(PRIVATE)).toBe(shownLabels.some((one) => /body|note/u.test(one)));
  });

  test("what not everybody may read stays, whatever the level, also when it decides", () => {
    const beyond = made({ flow: { readers: "beyond", carries: [], restricted: null } }, at("full"));
    expect(labelsOn(beyond.card)).toEqual(["to (destination)", "copies (control)"]);
    expect(leftOutOn(beyond.card)).toEqual(["2 values are shown after signing in: subject, body."]);
    expect(beyond.whole).toBe(false);
  });

  test("what is known to be restricted by name stays alone, also where it reaches only those who may read it", () => {
    const flow = { readers: "within", carries: [], restricted: ["body"] };
    const { card, whole } = made({ flow }, at("full"));
    expect(labelsOn(card)).toEqual(["to (destination)", "subject (content)", "copies (control)"]);
    expect(leftOutOn(card)).toEqual(["1 value is shown after signing in: body."]);
    expect(whole).toBe(true);
    const beyond = made({ flow: { ...flow, readers: "beyond" } }, at("full"));
    expect({ labels: labelsOn(beyond.card), whole: beyond.whole }).toEqual({
      labels: labelsOn(card),
      whole: false,
    });
  });

  test("a value by where it came from", () => {
    const { card } = made({ doubts: [CARD_DOUBT] }, at("full", ["origin:untrusted"]));
    expect(labelsOn(card)).not.toContain("to (destination)");
    expect(warningsOn(card)).toEqual([
      "The destination in “to” comes from what others wrote; neither the user nor anything reliable names it.",
    ]);
    expect(JSON.stringify(card)).not.toContain("finance@");
  });

  test("its source is named where the value may leave, and nowhere else", () => {
    const doubted = { doubts: [CARD_DOUBT] };
    const said = (view: Partial<CardView>): boolean =>
      JSON.stringify(made(doubted, view).card).includes("web/fetch");
    expect([at("decisive"), at("full")].map(said)).toEqual([true, true]);
    const kept = [at("minimal"), at("full", ["origin:untrusted"]), at("decisive", ["role:destination"])];
    expect(kept.map(said)).toEqual([false, false, false]);
  });

  test("minimal says that something is unusual, and not what", () => {
    const { card } = made({ doubts: [CARD_DOUBT] }, at("minimal"));
    expect(card.title).toBe("mailbot asks for mail/send");
    expect(warningsOn(card)).toEqual(["Something is unusual: look at it after signing in."]);
    expect(JSON.stringify(card)).not.toMatch(/finance@|Mail that leaves/u);
  });
});
