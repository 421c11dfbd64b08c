import { digestOf } from "#base";
import type { Schema } from "#store";
import type { World } from "./operations.ts";

/** Puts a grant in force that ada gave to an owner's agent, as `approvals.approve --grant session` does. Answers its id. */
export async function putGrant(
  { store, ids, ambient }: Pick<World, "store" | "ids" | "ambient">,
  owner: string,
  over: Partial<Schema["grants"]> = {},
): Promise<string> {
  const activation = await store.query
    .selectFrom("policy_activations")
    .select(["id", "digest"])
    .orderBy("activated_at", "desc")
    .orderBy("id", "desc")
    .executeTakeFirstOrThrow();
  const row: Schema["grants"] = {
    id: ambient.id("gra"),
    approval_id: ids.approvals[owner] ?? "",
    scope: "session",
    varies: "[]",
    binding_digest: digestOf("bound"),
    policy_set: activation.digest,
    policies: '["hold-writes"]',
    labels: "{}",
    activation_id: activation.id,
    agent_id: ids.agents[owner] ?? "",
    session_id: ids.sessions[owner] ?? "",
    server: "fs",
    tool: "write_file",
    granted_by: ids.users["ada"] ?? "",
    via: "cli",
    granted_at: ambient.now(),
    expires_at: ambient.now() + 3_600_000,
    uses_max: 5,
    used: 0,
    last_used_at: ambient.now(),
    ended_at: null,
    ended_why: null,
    ended_by: null,
    ...over,
  };
  await store.query.insertInto("grants").values(row).execute();
  return row.id;
}
