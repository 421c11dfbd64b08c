import type { DrillPlace } from "./proving-port.ts";
import { agentsRevoke } from "./agent-keys.ts";
import { agentsAdd } from "./agents.ts";
import type { OperationContext } from "./context.ts";
import { hostsGrant } from "./hosts.ts";
import { serversAdd } from "./server-add.ts";
import { serversRemove } from "./servers.ts";
import { sessionsStart } from "./sessions.ts";
import { upstreamsAdd } from "./upstreams-add.ts";
import { upstreamsRemove } from "./upstreams.ts";

const SUFFIX_BYTES = 4;

/** A name that nobody else gave, and that says what it is. */
export function drillName({ ambient }: Pick<OperationContext, "ambient">): string {
  return `drill-${Buffer.from(ambient.random(SUFFIX_BYTES)).toString("hex")}`;
}

/** Does `work` with what a drill puts up, and takes all of it away again, whatever happened. */
export class DrillProps {
  readonly #context: OperationContext;
  readonly #undo: (() => Promise<unknown>)[] = [];

  constructor(context: OperationContext) {
    this.#context = context;
  }

  /** The drill's MCP server, its tools accepted. */
  async server(name: string, { serverUrl: url }: DrillPlace): Promise<void> {
    const input = serversAdd.input.parse({ name, url, allowPrivate: true, accept: true });
    const plan = await serversAdd.plan(this.#context, input);
    this.#undo.push(async () =>
      (await serversRemove.plan(this.#context, { server: name })).commit(this.#context),
    );
    await plan.commit(this.#context);
  }

  async model(name: string, { modelUrl: url }: DrillPlace): Promise<void> {
    const input = upstreamsAdd.input.parse({ name, kind: "openai", url, allowPrivate: true });
    const plan = await upstreamsAdd.plan(this.#context, input);
    this.#undo.push(async () => {
      const remove = upstreamsRemove.input.parse({ upstream: name });
      return (await upstreamsRemove.plan(this.#context, remove)).commit(this.#context);
    });
    await plan.commit(this.#context);
  }

  /** An agent for this drill alone; answers its id and its key. */
  async agent(name: string): Promise<{ readonly id: string; readonly key: string }> {
    const input = agentsAdd.input.parse({ name, purpose: "A drill of Doorward's" });
    const { id, key } = await (await agentsAdd.plan(this.#context, input)).commit(this.#context);
    this.#undo.push(async () =>
      (await agentsRevoke.plan(this.#context, { agent: name })).commit(this.#context),
    );
    return { id, key };
  }

  /** Another session of that agent; answers its key. It ends with the agent. */
  async session(agent: string): Promise<string> {
    const input = sessionsStart.input.parse({ agent });
    return (await (await sessionsStart.plan(this.#context, input)).commit(this.#context)).key;
  }

  /** Its web, and what a tunnel of its leads to; revoked with the agent. */
  async hosts(agent: string, { hosts }: DrillPlace): Promise<void> {
    if (hosts === null) return;
    const own = { agent, private: true, trusted: true };
    for (const more of [
      { host: hosts.web, access: "read" },
      { host: hosts.pipe, access: "write", passThrough: true },
    ]) {
      const input = hostsGrant.input.parse({ ...own, ...more });
      await (await hostsGrant.plan(this.#context, input)).commit(this.#context);
    }
  }

  also(undo: () => Promise<unknown>): void {
    this.#undo.push(undo);
  }

  /** Everything is tried; throws the first that failed. */
  async close(): Promise<void> {
    const failed: unknown[] = [];
    for (const undo of this.#undo.splice(0).toReversed())
      await undo().catch((cause: unknown) => failed.push(cause));
    if (failed.length > 0) throw failed[0];
  }
}
