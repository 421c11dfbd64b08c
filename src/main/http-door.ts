import type { Ambient } from "#base";
import type { Gateway } from "#gateway";
import { loopbackTwins } from "#identity";
import { type Certificates, openProxy, type Proxy } from "#proxy";
import type { Config } from "./config.ts";

export interface HttpDoorParts {
  readonly ambient: Ambient;
  readonly gateway: Pick<Gateway, "http">;
  readonly certificates: Certificates;
  readonly report: (event: string, detail: unknown) => void;
}

/** The running http door; null where there is none. */
export type HttpDoor = Pick<Proxy<unknown>, "addresses" | "port" | "close">;

/** Opens the proxy on the gateway's road. What ends at the gateway ends at the proxy, lifelines included. */
export async function openHttpDoor(config: Config, parts: HttpDoorParts): Promise<HttpDoor | null> {
  const { ambient, certificates, report } = parts;
  const road = parts.gateway.http;
  if (config.proxy === null || road === null) return null;
  const { address, port } = config.proxy;
  const addresses = [address, ...loopbackTwins(address).filter((one) => one !== address)];
  const proxy = await openProxy({ listen: { addresses, port }, road, certificates, ambient, report });
  road.onCut((matches, why) => proxy.cut(({ known }) => known !== null && matches(known), why));
  return proxy;
}
