import { z } from "zod";
import { canonicalJson, Fault } from "#base";
import type { Schema } from "#store";
import { type AgentRow, findAgent, findLiveAgent, visibleAgents } from "./agent-rows.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext } from "./context.ts";
import { agentReference } from "./fields.ts";
import {
  HOST_OPTIONS,
  hostInput,
  type HostRow,
  hostRows,
  hostsBody,
  hostShape,
  hostsInForce,
  HOSTS_MAX,
  hostUnknown,
  hostView,
} from "./host-rows.ts";
import { read, write } from "./operation.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";

const flag = (what: string) => z.boolean().default(false).describe(what);

export const hostsList = read({
  name: "hosts.list",
  summary: "List the hosts that agents may reach through the http door",
  permission: "agents.read",
  input: z.strictObject({
    ...pageInput,
    agent: agentReference.optional(),
    revoked: flag("Show revoked ones too"),
  }),
  output: pageOf(hostShape),
  columns: ["agent", "host", "access", "private", "passThrough", "ownCredentials", "trusted", "grantedAt"],
  async run(context, { after, limit, agent, revoked }) {
    const key = keyOfCursor(after);
    let query = hostRows(context)
      .orderBy("agent_hosts.id", "desc")
      .limit(limit + 1);
    if (key !== "") query = query.where("agent_hosts.id", "<", key);
    if (!revoked) query = query.where("agent_hosts.revoked_at", "is", null);
    if (agent !== undefined) {
      const { id } = await findAgent(context, agent, "agents.read");
      query = query.where("agent_id", "=", id);
    }
    const visible = await visibleAgents(context, "agents.read");
    if (visible !== null) query = query.where("agent_id", "in", [...visible]);
    return page(await query.execute(), limit, { item: hostView, keyOf: (row) => row.id });
  },
});

export const hostsGet = read({
  name: "hosts.get",
  summary: "Show what an agent was granted of a host",
  permission: "agents.read",
  input: z.strictObject({ agent: agentReference, host: hostInput }),
  output: hostShape,
  positional: ["agent", "host"],
  async run(context, { agent, host }) {
    const row = await findAgent(context, agent, "agents.read");
    const found = (await hostsInForce(context, row.id)).find((one) => one.host === host);
    if (found === undefined) throw hostUnknown(row.name, host);
    return hostView(found);
  },
});

export const hostsGrant = write({
  name: "hosts.grant",
  summary: "Let an agent reach a host through the http door, to read from it or to send to it as well",
  permission: "agents.grant",
  presence: true,
  input: z.strictObject({
    agent: agentReference,
    host: hostInput,
    access: z.enum(["read", "write"]).default("read").describe("`write` gives reading too"),
    private: flag("It is on loopback or a private network, and only there"),
    passThrough: flag(
      "Pass its connections through: nothing in them is read, decided or recorded but their size",
    ),
    largeUploads: flag("Send on bodies that are too large to be read"),
    ownCredentials: flag("Let credentials through that the agent brings itself"),
    trusted: flag("Take its answers for the organisation's own words: nobody outside can write there"),
  }),
  output: hostShape,
  positional: ["agent", "host"],
  examples: [
    "hosts grant mailbot docs.example.com",
    "hosts grant mailbot api.example.com --access write",
    "hosts grant builder *.internal.example --access write --private --trusted",
  ],
  async plan(context, { agent, host, access, ...flags }) {
    const row = await findLiveAgent(context, agent, "agents.grant");
    const options = HOST_OPTIONS.filter((option) => flags[option]);
    demandNarrow(host, access, options);
    const before = await hostsInForce(context, row.id);
    if (before.length >= HOSTS_MAX && !before.some((one) => one.host === host)) throw tooMany();
    const added = newRow(context, row, { host, access, options });
    return {
      would: `let agent ${row.name} ${access === "write" ? "read from and send to" : "read from"} ${host}`,
      commit: (committing) => granted(committing, row, { before, added }),
    };
  },
});

export const hostsRevoke = write({
  name: "hosts.revoke",
  summary: "Take a host away from an agent",
  permission: "agents.write",
  input: z.strictObject({ agent: agentReference, host: hostInput }),
  output: hostShape,
  positional: ["agent", "host"],
  examples: ["hosts revoke mailbot api.example.com"],
  async plan(context, { agent, host }) {
    const row = await findLiveAgent(context, agent, "agents.write");
    const before = await hostsInForce(context, row.id);
    const found = before.find((one) => one.host === host);
    if (found === undefined) throw hostUnknown(row.name, host);
    return {
      would: `take ${host} from agent ${row.name}`,
      async commit(committing) {
        const at = committing.ambient.now();
        const kept = before.filter((one) => one !== found);
        await commitBatch(committing, {
          writes: [ended(committing, found, at)],
          entries: [entry(committing, "agent.changed", row.id, hostsBody(kept))],
        });
        return hostView({ ...found, revoked_at: at });
      },
    };
  },
});

interface Wish {
  readonly host: string;
  readonly access: string;
  readonly options: readonly string[];
}

function newRow(context: Pick<OperationContext, "ambient" | "caller">, agent: AgentRow, wish: Wish): HostRow {
  return {
    id: context.ambient.id("hst"),
    agent_id: agent.id,
    host: wish.host,
    access: wish.access,
    options: canonicalJson([...wish.options].toSorted()),
    granted_by: context.caller.user,
    granted_at: context.ambient.now(),
    revoked_by: null,
    revoked_at: null,
    agent: agent.name,
  };
}

interface Granting {
  readonly before: readonly HostRow[];
  readonly added: HostRow;
}

/** A host that was granted before is granted anew: what holds is what was said last. */
async function granted(context: OperationContext, agent: AgentRow, { before, added }: Granting) {
  const old = before.find((one) => one.host === added.host);
  const { agent: _name, ...row }: HostRow = added;
  const insert = context.store.query.insertInto("agent_hosts").values(row satisfies Schema["agent_hosts"]);
  const after = [...before.filter((one) => one !== old), added];
  await commitBatch(context, {
    writes: [...(old === undefined ? [] : [ended(context, old, row.granted_at)]), stateWrite(insert, 1)],
    entries: [entry(context, "agent.changed", agent.id, hostsBody(after))],
  });
  return hostView(added);
}

function ended({ store, caller }: OperationContext, row: HostRow, at: number) {
  const change = store.query.updateTable("agent_hosts").set({ revoked_at: at, revoked_by: caller.user });
  return stateWrite(change.where("id", "=", row.id).where("revoked_at", "is", null), 1);
}

/** What is granted for every host is granted for those of strangers. */
function demandNarrow(host: string, access: string, options: readonly string[]): void {
  if (host === "*" && (access === "write" || options.length > 0))
    throw new Fault(
      "host_too_wide",
      "every host can be granted for reading alone",
      "Name the hosts, or a domain as *.example.com.",
    );
  if (host.startsWith("*") && options.includes("passThrough"))
    throw new Fault(
      "host_too_wide",
      "only a single host is passed through: nothing in it is seen",
      "Name the host itself.",
    );
}

function tooMany(): Fault {
  return new Fault(
    "hosts_full",
    `an agent can be granted at most ${HOSTS_MAX} hosts`,
    "Grant a domain as *.example.com, or write a policy for it.",
  );
}
