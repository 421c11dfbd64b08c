import type { Part } from "./drill-web.ts";

const POLL_MS = 20;
const POLLS_MAX = 1_500;
const VERSION = "2025-11-25";

/**
 * An MCP task (specification of 2025-11-25, tasks): a call that goes on while nobody waits for it. Its end is seen by asking after it,
 * fifty times a second.
 */
export function tasking(url: string, key: string): Part {
  const rpc = async (method: string, params: object, session?: string): Promise<Response> =>
    fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        authorization: `Bearer ${key}`,
        ...(session === undefined ? {} : { "mcp-session-id": session, "mcp-protocol-version": VERSION }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
  const started = async (): Promise<{
    readonly session: string;
    readonly task: string;
    readonly said: string;
  }> => {
    const clientInfo = { name: "doorward-drill", version: "1" };
    const opened = await rpc("initialize", { protocolVersion: VERSION, capabilities: {}, clientInfo });
    await opened.text();
    const session = opened.headers.get("mcp-session-id") ?? "";
    const call = { name: "wait", arguments: { note: "a task" }, task: { ttl: 600_000 } };
    const said = await (await rpc("tools/call", call, session)).text();
    return { session, said, task: /"taskId":"([^"]+)"/.exec(said)?.[1] ?? "" };
  };
  const starting = started();
  const ended = async (): Promise<void> => {
    const { session, task } = await starting;
    for (let polls = 0; polls < POLLS_MAX; polls += 1) {
      const answer = await rpc("tasks/get", { taskId: task }, session);
      if (!answer.ok || !(await answer.text()).includes('"status":"working"')) return;
      await new Promise((resolve) => void setTimeout(resolve, POLL_MS));
    }
  };
  return {
    part: "task",
    begun: starting.then(({ task, said }) => (task === "" ? said : null), String),
    ended: ended().catch(() => {}),
  };
}
