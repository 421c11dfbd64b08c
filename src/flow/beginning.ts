import type { JsonObject } from "#base";
import type { Effect, FlowEffect, FlowFacts } from "#vocabulary";
import { effectsFor, type ToolManifest } from "./manifest.ts";
import { type FlowSettings, openFlow } from "./session.ts";

/** Where the values of a call come from in a session that has just begun: nobody said anything, and nothing was read. */
function judgeAtBeginning(
  manifest: ToolManifest,
  values: JsonObject,
  settings: FlowSettings = { own: [] },
): FlowFacts {
  return openFlow(settings).judge({ manifest, arguments: values });
}

/** The same where nothing is known of the session: it may have seen anything, and nobody's words are known. */
export function judgeUnknown(manifest: ToolManifest, values: JsonObject): FlowFacts {
  return judgeAtBeginning(manifest, values, { own: [], isIncomplete: true });
}

/** What the manifests in force say of calls, by `server/tool`: for policy tests. */
export interface Beginnings {
  readonly flow: (server: string, name: string, values: JsonObject) => FlowFacts | null;
  readonly effects: (effect: FlowEffect) => readonly [Effect, ...Effect[]];
}

export function createBeginnings(inForce: Readonly<Record<string, ToolManifest>>): Beginnings {
  return {
    flow: (server, name, values) => {
      const key = `${server}/${name}`;
      const manifest = Object.hasOwn(inForce, key) ? inForce[key] : undefined;
      return manifest === undefined ? null : judgeAtBeginning(manifest, values);
    },
    effects: effectsFor,
  };
}
