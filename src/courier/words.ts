import type { Card } from "#cards";

/** What is sent by `channels test`: nothing can be answered on it. */
export const TEST_CARD: Card = {
  title: "Doorward reaches you here",
  status: { kind: "told", text: "A test; nothing waits for you" },
  sections: [
    {
      kind: "text",
      text: "Cards with actions that agents may not take without a person will come here. To answer them, link your account: run `doorward channels link` or open Channels in the console.",
    },
  ],
  buttons: [],
  link: null,
  typed: null,
};
