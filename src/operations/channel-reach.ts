import { z } from "zod";
import { originOf } from "#flow";
import type { Store } from "#store";
import { REACH_ANYTHING, REACH_NOTHING, REACH_WORDS } from "./channel-reach.table.ts";

// T3: a channel that the agent's tools, credentials or reachable hosts can read or post to cannot decide its requests.
// What cannot be told from what Doorward knows of a server is asked of an admin, and until it is said it counts as reach.

/** What an admin said of a channel: `agents` reach it (`*`: all do), and of the servers in `cleared` nothing else does. */
export interface ChannelReach {
  readonly agents: readonly string[];
  readonly cleared: readonly string[];
}

const said = z.object({ agents: z.array(z.string()), cleared: z.array(z.string()) });

export function channelReachOf(column: string): ChannelReach {
  return said.parse(JSON.parse(column));
}

/** A server as far as reach is concerned. */
export interface ReachServer {
  readonly name: string;
  /** The npm package that it is pinned to; null: something else. */
  readonly package: string | null;
  /** `agent`: the tools that one agent runs itself. */
  readonly transport: string;
  /** Command line, address, names of its tools: whatever may say where it leads. */
  readonly texts: readonly string[];
}

export type ServerReach = "reaches" | "apart" | "unknown";

/** Whether a server can read or post on a platform, as far as can be told from what it is and offers. */
export function serverReach(platform: string, server: ReachServer): ServerReach {
  const words = REACH_WORDS[platform];
  const texts = [server.name, server.package ?? "", ...server.texts].map((text) => text.toLowerCase());
  const says = (word: string): boolean => texts.some((text) => holdsWord(text, word));
  if (words === undefined) return "unknown";
  if (platform === "webpush") return "apart";
  if (words.some(says) || REACH_ANYTHING.some(says)) return "reaches";
  if (server.package !== null && REACH_NOTHING.has(server.package)) return "apart";
  // An agent's own tools run where it runs, with what it has there: their names are all that is known, and all that is asked for.
  return server.transport === "agent" || isOfAnother(platform, server) ? "apart" : "unknown";
}

/** What is pinned as a server of one platform is no other's: Slack's own reads no mailbox. A name alone says nothing. */
function isOfAnother(platform: string, server: ReachServer): boolean {
  const addresses = server.texts
    .filter((text) => /^https?:/i.test(text))
    .map((url) => URL.parse(url)?.host ?? "");
  const pinned = [server.package ?? "", ...addresses].map((text) => text.toLowerCase());
  const others = Object.entries(REACH_WORDS).filter(([other]) => other !== platform);
  return (
    platform !== "webhook" &&
    others.some(([, words]) => words.some((word) => pinned.some((text) => holdsWord(text, word))))
  );
}

function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + word.length)];
    if (!/[a-z0-9]/.test(before) && !/[a-z0-9]/.test(after)) return true;
  }
  return false;
}

/** Why an agent's requests cannot be decided on a channel; null where they can. A sentence without the agent's words. */
export function whyReached(
  channel: { readonly platform: string; readonly reach: ChannelReach },
  agent: { readonly name: string },
  servers: readonly ReachServer[],
): string | null {
  const { agents, cleared } = channel.reach;
  if (agents.includes("*")) return "an admin said that agents can read or post there";
  if (agents.includes(agent.name)) return `an admin said that agent ${agent.name} can read or post there`;
  for (const server of servers) {
    if (server.transport === "agent" && server.name !== `agent:${agent.name}`) continue;
    const reach = serverReach(channel.platform, server);
    if (reach === "reaches") return `tools of server ${server.name} can read or post there`;
    if (reach === "unknown" && !cleared.includes(server.name))
      return `nobody said whether server ${server.name} can read or post there`;
  }
  return null;
}

const SERVERS_MAX = 2_000;

/** Every server that agents may come to use. Which of them one agent uses is policy's word of a moment: all of them count. */
export async function reachServers({ query }: Pick<Store, "query">): Promise<readonly ReachServer[]> {
  const rows = await query
    .selectFrom("servers")
    .select(["name", "transport", "pin", "configuration"])
    .limit(SERVERS_MAX)
    .execute();
  const tools = await query
    .selectFrom("tools")
    .select(["server", "name"])
    .where("status", "!=", "gone")
    .execute();
  const names = Map.groupBy(tools, ({ server }) => server);
  return rows.map(({ name, transport, pin, configuration }) => {
    const origin = originOf(transport, pin);
    return {
      name,
      transport,
      package: origin.kind === "package" ? origin.name : null,
      texts: [...placesIn(configuration), ...(names.get(name) ?? []).map((tool) => wordsOf(tool.name))],
    };
  });
}

const configured = z.union([
  z.object({ command: z.array(z.string()) }).transform(({ command }) => command),
  z.object({ url: z.string() }).transform(({ url }) => [url]),
]);

function placesIn(configuration: string): readonly string[] {
  const read = configured.safeParse(JSON.parse(configuration));
  return read.success ? read.data : [];
}

/** `sendEmailNow` as `send-email-now`: tools are named in every way. */
function wordsOf(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2");
}

/** Servers of which nobody can tell whether they reach a platform. */
export function unknownServers(platform: string, servers: readonly ReachServer[]): readonly string[] {
  return servers.filter((server) => serverReach(platform, server) === "unknown").map(({ name }) => name);
}
