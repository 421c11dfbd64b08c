import type { World } from "./operations.ts";

/** Writes what the doors write of a model call of this owner's agent that was allowed and ended: two entries. */
export async function act(world: World, owner: string, body: object = {}): Promise<string> {
  const { ids, ambient } = world;
  const action = ambient.id("act");
  const about = {
    agent: ids.agents[owner] ?? "",
    session: ids.sessions[owner] ?? "",
    door: "llm",
    verb: "models/generate",
    server: "ollama",
    name: "qwen3",
    effects: ["read"],
    model: "small",
    ...body,
  };
  const end = { status: "ok", durationMs: 12, inputTokens: 5, outputTokens: 7 };
  const [at, subject] = [ambient.now(), action];
  await world.as("ada").journal.append({
    entries: [
      { kind: "intent", subject, at, body: { ...about, verdict: "allow", policies: ["p1"] } },
      { kind: "outcome", subject, at, body: { ...about, ...end } },
    ],
  });
  return action;
}
