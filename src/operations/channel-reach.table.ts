/**
 * T3: which servers can read or post where people answer. By platform, words that stand in a server's name, command,
 * package, address or the names of its tools. A word is whole: letters or digits never touch it.
 */
export const REACH_WORDS: Readonly<Record<string, readonly string[]>> = {
  slack: ["slack"],
  teams: ["teams", "msteams", "office365", "microsoft365", "ms365", "m365", "graph.microsoft.com", "msgraph"],
  gchat: [
    "gchat",
    "google-chat",
    "googlechat",
    "chat.googleapis.com",
    "gsuite",
    "google-workspace",
    "gworkspace",
  ],
  discord: ["discord"],
  telegram: ["telegram", "t.me", "tdlib"],
  whatsapp: ["whatsapp", "waba"],
  github: ["github", "ghcr", "gh"],
  linear: ["linear"],
  twilio: ["twilio", "sms"],
  resend: ["resend", ...mail()],
  email: mail(),
  matrix: ["matrix", "synapse", "element-web"],
  webex: ["webex", "webexapis.com"],
  messenger: ["messenger", "facebook", "graph.facebook.com", "meta"],
  instagram: ["instagram", "facebook", "graph.facebook.com", "meta"],
  x: ["twitter", "x.com", "tweet", "tweets"],
  imessage: ["imessage", "bluebubbles", "apple-messages", "messages.app"],
  mattermost: ["mattermost"],
  // Whoever answers a webhook is named by the person who set it up: only they know who else reaches it.
  webhook: [],
  // Answers are given in the console, by whoever is signed in there.
  webpush: [],
};

function mail(): readonly string[] {
  return [
    "mail",
    "email",
    "e-mail",
    "gmail",
    "imap",
    "smtp",
    "outlook",
    "mailbox",
    "inbox",
    "office365",
    "ms365",
    "m365",
    "graph.microsoft.com",
    "google-workspace",
    "gworkspace",
    "fastmail",
    "proton",
    "sendgrid",
    "mailgun",
    "postmark",
    "resend",
  ];
}

/** They reach whatever a person's browser, screen or shell does, signed in as them or not. */
export const REACH_ANYTHING: readonly string[] = [
  "browser",
  "chrome",
  "chromium",
  "firefox",
  "playwright",
  "puppeteer",
  "selenium",
  "browserbase",
  "desktop-commander",
  "computer-use",
  "computer",
  "applescript",
  "zapier",
  "composio",
  "pipedream",
  "n8n",
  "make.com",
  "pica",
];

/** Packages that are known to reach none of the platforms: files, memory and the like. */
export const REACH_NOTHING: ReadonlySet<string> = new Set([
  "@modelcontextprotocol/server-filesystem",
  "@modelcontextprotocol/server-memory",
  "@modelcontextprotocol/server-sequential-thinking",
  "@modelcontextprotocol/server-everything",
  "@modelcontextprotocol/server-postgres",
  "@modelcontextprotocol/server-sqlite",
]);
