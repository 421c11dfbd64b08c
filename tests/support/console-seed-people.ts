import type { OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";
import { ago, answering, idOf } from "./console-seed-base.ts";

type Delegation = OutputOf<"delegations.list">["items"][number];
type Own = OutputOf<"tokens.list">["items"][number];
type User = OutputOf<"users.list">["items"][number];

const lent = (count: number, over: Partial<Delegation>): Delegation => ({
  id: idOf("dlg", count),
  user: "ben",
  userId: idOf("usr", 2),
  agent: "mailbot",
  agentId: idOf("agt", 1),
  parent: null,
  servers: ["mail"],
  tools: [],
  verbs: [],
  effects: ["read"],
  calls: 50,
  callsUsed: 12,
  further: 0,
  purpose: "",
  status: "active",
  createdAt: ago(3_600),
  expiresAt: ago(-25_200),
  revokedAt: null,
  ...over,
});

const DELEGATIONS: readonly Delegation[] = [
  lent(3, {}),
  lent(2, {
    user: "admin",
    agent: "scribe",
    servers: [],
    tools: ["wiki/search", "fs/write_file", "fs/read_file"],
    effects: ["read", "write"],
    calls: null,
    callsUsed: 3,
    expiresAt: ago(-604_800),
  }),
  lent(1, { agent: "deploy-agent", servers: ["*"], effects: [], calls: 5, callsUsed: 5, status: "spent" }),
];

const signIn = (digit: string, kind: string, secondsAgo: number, lastsS: number): Own => ({
  id: `tok_${digit.repeat(16)}`,
  kind,
  createdAt: ago(secondsAgo),
  expiresAt: ago(-lastsS),
  current: digit === "a",
});

const TOKENS: readonly Own[] = [
  signIn("a", "console", 600, 42_600),
  signIn("b", "cli", 86_400, 2_505_600),
  signIn("c", "console", 7_200, 36_000),
];

const user = (count: number, name: string, roles: User["roles"]): User => ({
  id: idOf("usr", count),
  name,
  roles,
  groups: [],
  issuer: "https://login.example.org",
  subject: `subject-${count}`,
  createdAt: ago(864_000),
  disabledAt: null,
});

const USERS: readonly User[] = [
  user(1, "admin", ["admin"]),
  user(2, "ben", ["approver"]),
  user(3, "ana", ["owner"]),
];

const NOTICE: OutputOf<"notices.list">["items"][number] = {
  entry: 57,
  what: "observe-ended",
  agent: "scribe",
  subject: idOf("agt", 2),
  approval: null,
  says: "Agent scribe is no longer only observed: what policy says counts.",
  isNew: true,
  at: ago(540),
};

/** What delegations, sign-ins and notices answer. */
export const PEOPLE_ANSWERS: readonly (readonly [string, Answering])[] = [
  ["/delegations", answering("delegations.list", () => ({ items: [...DELEGATIONS], next: null }))],
  ["/tokens", answering("tokens.list", () => ({ items: [...TOKENS] }))],
  ["/users", answering("users.list", () => ({ items: [...USERS], next: null }))],
  [
    "/sign-ins",
    answering("sign-ins.list", (query) => ({
      items: [signIn("d", "console", 1_800, 41_400), signIn("e", "cli", 3_600, 39_600)].map(
        ({ current: _current, ...one }) => ({ ...one, user: query.get("user") ?? "" }),
      ),
    })),
  ],
  ["/notices", answering("notices.list", () => ({ items: [NOTICE] }))],
];
