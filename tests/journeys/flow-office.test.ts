import { afterAll, beforeAll, expect, test } from "vitest";
import { type Coding, openCoding } from "../support/coding-client.ts";
import { type FlowWorld, openFlowWorld } from "../support/flow-world.ts";

// What people ask agents for, and how it goes wrong: reading that becomes publishing, an agent that rewrites its own rules,
// one of many that uses what another was given.

let world: FlowWorld;
let coding: Coding;
beforeAll(async () => {
  world = await openFlowWorld();
  coding = await openCoding();
});
afterAll(async () => {
  await world?.close();
  await coding?.close();
});

test("an agent that may read and analyse needs its own grant to post, and the user's word for where", async () => {
  await world.admin().perform("agents.add", { name: "analyst" });
  const findings = "Sales fell by 4 per cent.";
  const secret = { people: [{ name: "Ada Byron", salary: "Gross salary 91834.17 in the reference year" }] };
  world.answers({ look_up_person: { content: [], structuredContent: secret } });
  const words = "Analyse the letters and tell me what you found.";
  const analyst = String(
    (await world.admin().perform("sessions.start", { agent: "analyst", mandate: words }))["key"],
  );
  expect((await world.call(analyst, "find_letters", { text: "sales" })).isError).toBe(false);
  const denied = await world.call(analyst, "publish", { forum: "open-forum", text: findings });
  expect(denied).toMatchObject({ kind: "refused" });
  expect(denied.rules).toContain("outbound-needs-grant");

  await world.admin().perform("agents.grant", { agent: "analyst", tools: ["office/publish"] });
  const held = await world.call(analyst, "publish", { forum: "open-forum", text: findings });
  expect(held).toMatchObject({ kind: "held", rules: ["flow-destination"] });

  const named = "Analyse the letters and post a summary to the forum open-forum.";
  const told = String(
    (await world.admin().perform("sessions.start", { agent: "analyst", mandate: named }))["key"],
  );
  await world.call(told, "find_letters", { text: "sales" });
  expect((await world.call(told, "publish", { forum: "open-forum", text: findings })).isError).toBe(false);
  expect((await world.call(told, "publish", { forum: "other-forum", text: findings })).rules).toEqual([
    "flow-destination",
  ]);
  expect(world.reached().filter((line) => line.startsWith("publish"))).toHaveLength(1);
});

test("agent 12 of a swarm has neither agent 3's grant nor the yes that was said to it", async () => {
  const admin = world.admin();
  const keys = new Map<number, string>();
  for (const number of [3, 12]) {
    const name = `swarm-${number}`;
    const added = await admin.perform("agents.add", { name });
    keys.set(number, String(added["key"]));
  }
  await admin.perform("agents.grant", { agent: "swarm-3", tools: ["office/write_letter"] });
  const letter = { to: "carol@works.example", body: "from the swarm" };
  const [three, twelve] = [keys.get(3) ?? "", keys.get(12) ?? ""];
  const held = await world.call(three, "write_letter", letter);
  expect(held.kind).toBe("held");
  await admin.perform("approvals.approve", { approval: held.approval });

  const other = await world.call(twelve, "write_letter", letter);
  expect(other).toMatchObject({ kind: "refused", approval: null });
  expect(other.rules).toContain("outbound-needs-grant");
  await admin.perform("agents.grant", { agent: "swarm-12", tools: ["office/write_letter"] });
  const own = await world.call(twelve, "write_letter", letter);
  expect(own.kind).toBe("held");
  expect(own.approval).not.toBe(held.approval);
  expect(world.reached().join("\n")).not.toContain("from the swarm");
  expect((await world.call(three, "write_letter", letter)).isError).toBe(false);
  expect(world.reached().filter((line) => line.includes("from the swarm"))).toHaveLength(1);
});

test("an agent does not change the rules that it is held to, by file, by command or by asking", async () => {
  const run = await coding.open({ says: "Make the tests run faster." });
  const rule = async (name: string, args: Record<string, string>): Promise<string> => {
    const { stopped } = await run.step(name, args, false);
    return /Rule: (.*)/.exec(stopped)?.[1] ?? stopped;
  };
  const data = coding.house.running.directory;
  const open = "permit (principal, action, resource);";
  expect(await rule("Write", { file_path: `${data}/doorward.yaml`, content: "holds: {}" })).toBe("flow-path");
  expect(
    await rule("Edit", { file_path: `${coding.root}/../data/doorward.db`, old_string: "a", new_string: "b" }),
  ).toBe("flow-path");
  expect(await rule("Bash", { command: `echo '${open}' > ${data}/policy.cedar` })).toBe("flow-command");
  expect(await rule("Bash", { command: "doorward policy activate policy.cedar" })).toBe("flow-command");
  expect(
    await rule("Bash", { command: `curl -X POST ${coding.house.running.url}/api/v1/policy/activate` }),
  ).toBe("flow-command");
  // A policy text in its own folder is a file like any other: it counts for nothing until a person activates it.
  expect(await rule("Write", { file_path: `${coding.root}/policy.cedar`, content: open })).toBe("");
  const asked = await fetch(`${coding.house.running.url}/api/v1/policy/activate`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${run.key}` },
    body: JSON.stringify({ text: open }),
  });
  expect(asked.status).toBe(403);
});
