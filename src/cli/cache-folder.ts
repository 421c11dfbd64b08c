import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where what was found out about files is kept, as the XDG Base Directory Specification has it: a name that is not absolute is ignored. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const { XDG_CACHE_HOME: named = "", HOME, USERPROFILE } = environment;
  const own = join(HOME ?? USERPROFILE ?? homedir(), ".cache");
  return join(isAbsolute(named) ? named : own, "doorward");
}
