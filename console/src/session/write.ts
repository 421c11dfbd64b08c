import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { ReadPath } from "../api/client.ts";
import { toast } from "../ui/toast.tsx";
import { usePresence } from "./presence.tsx";

export interface Write {
  /** After "You are about to". */
  readonly what: string;
  /** Said when it is done; ours alone, no other's words. */
  readonly done: string;
  /** Lists and things that are read again afterwards. */
  readonly stale: readonly ReadPath[];
}

/** Changes something: asks for presence where Doorward does, says that it is done, reads again. False: withdrawn. */
export function useWrite(): (write: Write, act: () => Promise<unknown>) => Promise<boolean> {
  const withPresence = usePresence();
  const queries = useQueryClient();
  return useCallback(
    async ({ what, done, stale }, act) => {
      if (!(await withPresence(what, act))) return false;
      toast(done, "good");
      // Not waited for: a window with a secret in it closes when the secret is sent, not when lists are read again.
      for (const path of stale) void queries.invalidateQueries({ queryKey: [path] });
      return true;
    },
    [withPresence, queries],
  );
}
