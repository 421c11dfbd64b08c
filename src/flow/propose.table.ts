import type { FlowEffect, FlowRole } from "#vocabulary";

/**
 * What tools and arguments are commonly called, singular and lower case. From the published schemas of widely used MCP
 * servers and APIs. The first match decides; what matches nothing is unknown, and its effects are holds.
 */

/** By the first word of a tool's name that is a verb. */
export const VERBS: readonly (readonly [FlowEffect, readonly string[]])[] = [
  [
    "destroy",
    words(
      "delete remove erase destroy drop purge wipe clear cancel trash uninstall truncate prune kill terminate unlink rm revoke ban kick unsubscribe",
    ),
  ],
  ["execute", words("execute exec run eval bash shell command spawn invoke script deploy terminal")],
  ["money", words("pay transfer refund charge withdraw deposit donate buy purchase checkout")],
  [
    "send",
    words(
      "send post publish share forward reply respond email mail message notify tweet comment submit upload broadcast dm announce invite push",
    ),
  ],
  ["book", words("book reserve order rent")],
  [
    "read",
    words(
      "get list search find read fetch query navigate view show lookup describe count check download retrieve browse look inspect stat tree diff status whoami explain preview summarize export analyze analyse grep glob ls cat open current",
    ),
  ],
  [
    "write",
    words(
      "create add append write update edit set insert modify rename move copy save store put patch upsert reschedule schedule change make mkdir draft tag label mark star archive assign close reopen merge commit enable disable configure replace resolve unresolve",
    ),
  ],
];

/** Nouns that make a change one of money, of an account, of who belongs. */
export const MONEY_NOUNS: readonly string[] = words(
  "money payment transaction transfer invoice payout bill fund wire",
);
export const ACCOUNT_NOUNS: readonly string[] = words(
  "password passwd credential secret token apikey passphrase pin profile account settings preference identity mfa otp",
);
export const MEMBER_NOUNS: readonly string[] = words("member collaborator role permission access group team");
/** Things that are said to others: writing one is sending it. */
export const SAID_NOUNS: readonly string[] = words(
  "comment reply reaction review message post announcement notification tweet invitation",
);
/** Verbs that change what is there. */
export const SETTING_VERBS: readonly string[] = words(
  "update set change configure edit modify enable disable replace",
);
/** Arguments of a read that say where to reach out to. */
export const WEB_ARGUMENTS: readonly string[] = words(
  "url uri link webpage website host hostname endpoint domain webhook",
);
/** A search that says so goes to somebody outside, who reads its words. */
export const SEARCHED_OUTSIDE: readonly string[] = words(
  "web internet google bing brave duckduckgo kagi tavily exa perplexity serp serper searxng",
);
/** Results that are the platform's or the organisation's own: nobody outside writes them. */
export const PLAIN_NOUNS: readonly string[] = words(
  "day date time now timezone balance iban version health limit quota weather",
);
/** Arguments of a read whose text is a program: what it does is the text's to say. */
export const PROGRAM_ARGUMENTS: readonly string[] = words("sql script command cmd shell javascript cypher");
/** An id of one of these is where something goes, not a thing that is acted on. */
export const ADDRESSED: readonly string[] = words("channel chat room recipient receiver webhook host");
/** People and places that the organisation keeps itself. */
export const DIRECTORY_NOUNS: readonly string[] = words(
  "contact directory addressbook employee colleague payee beneficiary",
);

/** By a word of an argument's name; the last word that is known decides. */
export const ARGUMENT_ROLES: readonly (readonly [FlowRole, readonly string[]])[] = [
  ["credential", words("password passwd secret token credential passphrase pin apikey otp")],
  ["account", words("iban account payee beneficiary wallet bic swift")],
  ["amount", words("amount price sum total fee tip budget")],
  ["command", words("command cmd script code sql statement program expression shell args argv env")],
  [
    "destination",
    words(
      "recipient to cc bcc email mail participant attendee guest invitee channel url uri link webhook host hostname endpoint address phone audience receiver chat room remote destination site domain subscriber reviewer assignee collaborator visibility",
    ),
  ],
  ["path", words("path filepath directory dir folder cwd root workdir source src")],
  [
    "selector",
    words(
      "id uuid guid key number ref sha slug event file document issue ticket thread item record row node entity order booking reservation project repo repository branch hotel restaurant flight company product attachment user member owner organization org workspace tenant parent ts",
    ),
  ],
  [
    "control",
    words(
      "date time day start end until limit offset page count recurring permission mode format sort type status priority timezone lang language recursive duration n",
    ),
  ],
  ["query", words("query q search keyword pattern filter term")],
];

function words(text: string): readonly string[] {
  return text.split(" ");
}
