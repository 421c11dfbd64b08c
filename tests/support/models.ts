import type { Egress } from "#egress";
import { Fault } from "#base";

/**
 * A network on which every upstream lists two models, in the shapes of `/api/tags` (ollama/ollama fb30760, api/types.go
 * `ListModelResponse`) and `/v1/models` (`openai` 7.57.0, resources/models.d.ts); hosts named `down.…` do not answer, and
 * hosts named `locked.…` want the key `open-sesame`.
 */
export function listingEgress(told: string[]): Pick<Egress, "request"> {
  return {
    request: async (_rules, { url, headers }) => {
      const at = new URL(url);
      const given = new Map<string, string>(Array.isArray(headers) ? headers : Object.entries(headers));
      told.push(`asked ${at.href}`);
      if (at.hostname.startsWith("down."))
        throw new Fault("egress_unreachable", `cannot reach ${at.origin}`, "Start it.");
      const isShut = at.hostname.startsWith("locked.") && given.get("authorization") !== "Bearer open-sesame";
      const name = at.hostname.startsWith("127.") ? "llama3.2:latest" : "gpt-test";
      const body = at.pathname === "/api/tags" ? { models: [{ name }] } : { data: [{ id: name }] };
      return {
        status: isShut ? 401 : 200,
        headers: { "content-type": "application/json" },
        text: async () => JSON.stringify(body),
        chunks: () => {
          throw new Error("lists are read as text");
        },
        discard: () => {},
      };
    },
  };
}
