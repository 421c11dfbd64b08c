import type { Gateway } from "#gateway";
import { createApprovalWatch, createDrilling, createNoticing } from "#operations";

type LookingParts = Omit<Parameters<typeof createApprovalWatch>[0], "wake"> &
  Parameters<typeof createNoticing>[0] &
  Parameters<typeof createDrilling>[0];

const NOTICE_EVERY_MS = 5_000;

/** Looks now and then for what time alone ends or reaches, and for what people should hear of; answers how to stop. */
export function startLooking(
  parts: LookingParts,
  { live }: Pick<Gateway, "live">,
  report: (event: string, detail: unknown) => void,
): () => Promise<void> {
  const watch = createApprovalWatch({ ...parts, wake: live.approvalDecided });
  const noticing = createNoticing(parts);
  const drilling = createDrilling(parts);
  let looking: Promise<void> | null = null;
  const look = (): void => {
    looking ??= watch
      .look()
      .then(() => noticing.look())
      .then(() => drilling.look())
      .catch((cause: unknown) => report("noticing_failed", cause))
      .finally(() => (looking = null));
  };
  look();
  const timer = setInterval(look, NOTICE_EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
