import { z } from "zod";
import { Fault, type Json } from "#base";
import type { Runtime } from "#host";
import { normalUrl } from "#inference";

/** How what was found on this machine is offered. */
export interface Offering {
  readonly isFirstStart: boolean;
  /** Performs an operation as the local admin, present: what is added is on record like anything a person adds. */
  readonly perform: (operation: string, input: Json) => Promise<Json>;
}

const UPSTREAMS_MAX = 200;
const known = z.object({ items: z.array(z.object({ name: z.string(), url: z.string() })) });

/**
 * On the first start, makes an upstream of each runtime that was found, named after its kind; later, names the command
 * that would. Answers a sentence for each that is not an upstream already. Never throws a Fault: a runtime that cannot be
 * added is no reason not to start.
 */
export async function offerRuntimes(
  found: readonly Pick<Runtime, "kind" | "url">[],
  offering: Offering,
): Promise<string[]> {
  if (found.length === 0) return [];
  const { items } = known.parse(await offering.perform("upstreams.list", { limit: UPSTREAMS_MAX }));
  const names = new Set(items.map(({ name }) => name));
  const sentences: string[] = [];
  for (const { kind, url } of found) {
    if (items.some((item) => item.url === normalUrl(kind, url))) continue;
    const name = freeName(kind, url, names);
    names.add(name);
    const command = `doorward upstreams add ${name} --kind ${kind} --url ${url} --allow-private`;
    if (!offering.isFirstStart) {
      sentences.push(`found ${kind} at ${url}, not yet an upstream: ${command}`);
      continue;
    }
    const why = await add(offering, { name, kind, url, allowPrivate: true });
    sentences.push(
      why === null
        ? `${kind} at ${url} is now the upstream ${name}`
        : `${kind} at ${url} could not be added (${why}): ${command}`,
    );
  }
  return sentences;
}

/** `llama-cpp`, and `vllm-8080` where there are two of a kind. */
function freeName(kind: string, url: string, taken: ReadonlySet<string>): string {
  const name = kind.replaceAll(".", "-");
  return taken.has(name) ? `${name}-${new URL(url).port}` : name;
}

/** Null where it was added, else why not. */
async function add(offering: Offering, input: { readonly [field: string]: Json }): Promise<string | null> {
  try {
    await offering.perform("upstreams.add", input);
    return null;
  } catch (cause) {
    if (cause instanceof Fault) return cause.message;
    throw cause;
  }
}
