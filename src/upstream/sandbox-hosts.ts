/** TLS' port, where a granted host names none. */
const PORT = 443;

/**
 * Whether hosts that were granted by name (`api.example.com`, `*.example.com` for what lies below it, either with `:port`)
 * hold the one that is asked for. Names are compared as DNS does.
 */
export function hostsAllow(
  granted: readonly string[],
  { host, port }: { readonly host: string; readonly port: number },
): boolean {
  const name = host.replace(/\.$/, "").toLowerCase();
  return granted.some((one) => {
    const [, pattern = "", typed] = /^(.*?)(?::(\d+))?$/.exec(one) ?? [];
    if (port !== (typed === undefined ? PORT : Number(typed))) return false;
    return pattern.startsWith("*.") ? name.endsWith(pattern.slice(1)) : name === pattern;
  });
}
