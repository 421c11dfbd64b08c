import { z } from "zod";
import type { EgressRules, FetchLike } from "#egress";
import { type Report, REPORT_PATH } from "#fleet";
import type { ServerSettings } from "./home.ts";
import type { Sent } from "./port.ts";

/** Somebody typed the server's address: it may be this machine, or a private network. */
export const SENSOR_EGRESS: EgressRules = { allowPrivate: true, bytesMax: 65_536, timeoutMs: 30_000 };

const [OK, CONFLICT] = [200, 409];
const REFUSED: ReadonlySet<number> = new Set([401, 403]);
/** A body that is no JSON to the server, no report, or too large. */
const UNFIT: ReadonlySet<number> = new Set([400, 413]);
const WORDS_MAX = 200;
const problem = z.object({ code: z.string(), detail: z.string() });
const taken = z.object({ sequence: z.int() });

/** Tells a report to its server. Never rejects; what a server says stands in the answer cut, and is another's words. */
export function sender(ask: FetchLike, { url, key }: ServerSettings): (report: Report) => Promise<Sent> {
  const address = new URL(REPORT_PATH, url);
  return async (report) => {
    try {
      const response = await ask(address, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify(report),
        redirect: "error",
      });
      return judged(response.status, parsed(await response.text()), report);
    } catch (cause) {
      return { kind: "unreachable", why: reasonOf(cause) };
    }
  };
}

function judged(status: number, body: unknown, { sequence }: Report): Sent {
  // Whoever answers for every address of a network (a captive portal) does not know what was asked.
  if (status === OK && taken.safeParse(body).data?.sequence === sequence) return { kind: "taken" };
  const said = problem.safeParse(body);
  if (!said.success) return { kind: "unreachable", why: `status ${status}` };
  const { code, detail } = said.data;
  const why = `${code}: ${detail}`.slice(0, WORDS_MAX);
  if (status === CONFLICT && code === "sensor_out_of_step") return { kind: "out-of-step" };
  if (UNFIT.has(status)) return { kind: "unfit", why };
  return { kind: REFUSED.has(status) ? "refused" : "unreachable", why };
}

function parsed(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return null;
  }
}

function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, WORDS_MAX);
}
