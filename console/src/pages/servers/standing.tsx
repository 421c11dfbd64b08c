import type { Item } from "../../api/client.ts";
import { StatusChip } from "../../ui/chip.tsx";

type Server = Item<"/servers">;

/** Held, failing or well: what a person would do something about comes first. */
export function ServerStanding({ server }: { readonly server: Server }) {
  if (server.authorizationUrl !== null) return <StatusChip word="needs access" tone="wait" />;
  if (server.status !== "active") return <StatusChip word={server.status} tone="wait" />;
  if (server.failures > 0) return <StatusChip word={failing(server.failures)} tone="bad" />;
  return <StatusChip word="active" tone="good" />;
}

function failing(failures: number): string {
  return failures === 1 ? "failed once" : `failed ${failures} times`;
}
