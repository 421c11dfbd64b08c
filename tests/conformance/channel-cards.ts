import type { Card, CardButton, CardSection } from "#cards";

/** Letters that some platform or other takes for mark-up, a mention or a link; each line is to be read as it stands. */
export const MARKED: readonly string[] = [
  "*bold* _italic_ ~struck~ `code` **strong** __under__ ||spoiler||",
  "<b>bold</b> <img src=x onerror=alert(1)> &lt; &amp; &#60;",
  "[click](evil.example/a) <evil.example|click> ![x](evil.example/b.png)",
  "@everyone @here @channel @all @room <!channel> <@U123456> <users/all>",
  "# heading",
  "> quoted",
  "- item",
  "1. one",
  "| a | b |",
  "``` fenced ```",
  "{{DATE(2017-02-14T06:08:39Z,SHORT)}} ${x} \\* \\",
  "--- === ___ :tada: :)",
];

export const FOREIGN: readonly string[] = [
  "שלום עולם: 1,250.00 ₪",
  "تحويل إلى حساب ٤٢",
  "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 e\u0301 ﷽ 𝔘𝔫𝔦",
  "汇款给 山田太郎様",
];

export const TOKENS = {
  approve: "dw1.a.kJ3xWq9ZtB7mLr2VnC5pYd",
  deny: "dw1.d.Qw8eRt6yUi4oPa1sDf3gHj",
} as const;

/** As it asks whether to stop: what a first tap on `Deny and stop…` makes of a card. */
export const ASKING: readonly CardButton[] = [
  { label: "Deny, stop the agent", style: "deny", token: "dw1.x.kJ3xWq9ZtB7mLr2VnC5pYd" },
  { label: "Deny, stop this session", style: "deny", token: "dw1.y.Qw8eRt6yUi4oPa1sDf3gHj" },
  { label: "Back", style: "plain", token: "dw1.b.Lk9jHg7fDs5aZx3cVb1nMq" },
];
export const STOPPING: CardButton = {
  label: "Deny and stop…",
  style: "plain",
  token: "dw1.s.Zx1cVb2nMa3sDf4gHj5kLq",
};

export const TYPED = { approve: "approve 4F7K-2Q9M", deny: "deny 4F7K-2Q9M" } as const;
export const LINK =
  "https://doorward.example/approvals/apr_01J9ZQ0000000000000000000?link=dw1.l.Ab_c-D__efGh1jKlMn_op-";

/** A request as it waits: small enough for every platform. */
export const OPEN: Card = {
  title: "Send a message to bob at example.org",
  status: { kind: "open", text: "Waiting for finance until 14:05 UTC; then it is refused" },
  sections: [
    { kind: "text", text: "mailer asks for Ada, because rule pay-1 holds it." },
    {
      kind: "fields",
      fields: [
        { label: "To", value: "bob at example.org" },
        { label: "Amount", value: "1,250.00 EUR" },
      ],
    },
    { kind: "warning", text: "The recipient comes from a web page." },
    { kind: "claim", who: "mailer", text: "Ada asked me to." },
  ],
  buttons: [
    { label: "Approve", style: "approve", token: TOKENS.approve },
    { label: "Deny", style: "deny", token: TOKENS.deny },
  ],
  link: { label: "Look at it in Doorward", url: LINK },
  typed: TYPED,
};

/** The same request after the decision: nothing to answer any more. */
export const DECIDED: Card = {
  ...OPEN,
  status: { kind: "approved", text: "Approved by Ada at 13:58 UTC" },
  sections: OPEN.sections.slice(0, 2),
  buttons: [],
  typed: null,
};

export const withSections = (sections: readonly CardSection[]): Card => ({ ...OPEN, sections });

/** Letters of which none repeats its surroundings, so that a cut is seen wherever it is made. */
export const counted = (length: number): string => {
  let text = "";
  for (let at = 0; text.length < length; at += 1) text += `${at.toString(36)}.`;
  return text.slice(0, length);
};

/** Every text of a card that a person has to be able to read, in the order of the card. */
export function textsOf(card: Card): readonly string[] {
  return [card.title, card.status.text, ...card.sections.flatMap(textsOfSection)];
}

function textsOfSection(section: CardSection): readonly string[] {
  if (section.kind === "fields") return section.fields.flatMap(({ label, value }) => [label, value]);
  if (section.kind === "verbatim") return [section.label, section.text];
  if (section.kind === "claim") return [section.who, section.text];
  if (section.kind === "item")
    return [section.title, section.status.text, ...section.sections.flatMap(textsOfSection)];
  return [section.text];
}
