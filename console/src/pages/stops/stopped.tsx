import type { Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Time } from "../../ui/time.tsx";
import { Resume } from "./resume.tsx";
import type { StopKind } from "./words.ts";

type Stop = Item<"/stops">;

const EVERY_MS = 5_000;
const LIMIT = 200;
const NONE: readonly Stop[] = [];

/** What is stopped now, as far as this person may see it; the same list for everything on a page that asks. */
export function useStops(): readonly Stop[] {
  return useLook("/stops", { limit: LIMIT, ended: false }, { everyMs: EVERY_MS }).data?.items ?? NONE;
}

/** The stop in force of one thing, by the id or the name that it has; none: null. */
export function stopOf(stops: readonly Stop[], kind: StopKind, target: string): Stop | null {
  const isIt = (stop: Stop): boolean =>
    stop.kind === kind &&
    stop.inForce &&
    (kind === "everything" || [stop.target, stop.label].includes(target));
  return stops.find(isIt) ?? null;
}

/** Above the page of one thing: that it is stopped, by whom and why, and the way to let it go on. */
export function Stopped({ kind, target }: { readonly kind: StopKind; readonly target: string }) {
  const stop = stopOf(useStops(), kind, target);
  return stop === null ? null : <StoppedNotice stop={stop} />;
}

/** In a line of a list: that this one is stopped, and the way to let it go on. */
export function StoppedMark({ kind, target }: { readonly kind: StopKind; readonly target: string }) {
  const stop = stopOf(useStops(), kind, target);
  if (stop === null) return null;
  return (
    <>
      <StatusChip word="stopped" tone="bad" />
      <Resume stop={stop} />
    </>
  );
}

function StoppedNotice({ stop }: { readonly stop: Stop }) {
  const { kind, stoppedBy, monitor, reason, at } = stop;
  return (
    <Notice tone="bad">
      <p>
        <strong>{kind === "everything" ? "Everything is stopped" : "It is stopped"}</strong> since{" "}
        <Time at={at} />, by <Quoted text={stoppedBy ?? `monitor ${monitor ?? ""}`} />:{" "}
        <Quoted text={reason} />
      </p>
      <div className="row">
        <Resume stop={stop} />
      </div>
    </Notice>
  );
}
