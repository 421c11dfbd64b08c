import { knownOf, textOfBound } from "#vault";
import { textsOf } from "./accounts/rows.ts";
import { acceptedTools, labelledTools } from "./accepted-tools.ts";
import { type Acting, type Deed, hostDeed, modelDeed, toolDeed } from "./agent-reach.ts";
import type { AgentRow } from "./agent-rows.ts";
import { serverNameOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import type { HostRow } from "./host-rows.ts";
import { manifestsOf } from "./manifest-rows.ts";

/** Everything that could be reached from here, by whom ever: read once, however many agents are asked about. */
export interface Reachable {
  readonly tools: readonly Deed[];
  readonly models: readonly (Deed & { readonly reference: string; readonly isLocal: boolean })[];
  readonly credentials: readonly Lendable[];
}

interface Lendable {
  readonly shown: {
    readonly name: string;
    readonly kind: string;
    readonly owner: string;
    readonly to: string[];
  };
  readonly agents: readonly string[];
  readonly owner: string;
}

export async function reachable(context: ReadContext): Promise<Reachable> {
  const { store } = context;
  const manifests = manifestsOf(await labelledTools(context));
  const rows = await store.query.selectFrom("apis").select("server").execute();
  const apis = new Set(rows.map((row) => row.server));
  const tools = (await acceptedTools(store)).filter(({ kind }) => kind === "tool");
  return {
    tools: tools.map((tool) => toolDeed(tool, manifests, apis)),
    models: context.models.models().map(({ name, upstream, isLocal }) => ({
      ...modelDeed(serverNameOf(upstream), name.replace(`${upstream}/`, ""), isLocal),
      reference: name,
      isLocal,
    })),
    credentials: await lendable(context),
  };
}

async function lendable({ store }: ReadContext): Promise<Lendable[]> {
  const rows = await store.query
    .selectFrom("vault_credentials")
    .selectAll()
    .where("removed_at", "is", null)
    .orderBy("name")
    .execute();
  return rows.map((row) => ({
    shown: {
      name: row.name,
      kind: row.kind,
      owner: row.owner_kind,
      to: knownOf(row).destinations.map(textOfBound),
    },
    agents: textsOf(row.agents),
    owner: row.owner,
  }));
}

/** An agent runs its own tools, and nobody else's. */
export function toolsFor({ tools }: Reachable, agent: Pick<AgentRow, "name">): readonly Deed[] {
  return tools.filter(({ server }) => !server.startsWith("agent:") || server === `agent:${agent.name}`);
}

/** Those of the organisation, and of the users in whose names it acts and their groups (src/vault/choose.ts). */
export function credentialsFor(
  { credentials }: Reachable,
  agent: Pick<AgentRow, "id">,
  acting: readonly Acting[],
): Lendable["shown"][] {
  const users = acting.flatMap(({ who }) => who.principals.filter((one) => one.type === "User"));
  const isOwned = (kind: string, owner: string): boolean =>
    kind === "organisation" ||
    users.some(({ id, groups }) => (kind === "user" ? id === owner : groups.includes(owner)));
  return credentials
    .filter(({ agents, shown, owner }) => {
      const isNamed = agents.length === 0 || agents.includes(agent.id);
      return isNamed && isOwned(shown.owner, owner);
    })
    .map(({ shown }) => shown);
}

/** Of a pattern, a host that fits it and that nobody has. */
export function hostDeeds({ host }: Pick<HostRow, "host">): { readonly read: Deed; readonly write: Deed } {
  const server = serverNameOf(`web:${host.replace(/^\*$/, "any.example").replace(/^\*/, "any")}`);
  return { read: hostDeed(server, "http/read"), write: hostDeed(server, "http/write") };
}
