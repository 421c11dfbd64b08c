import type { Duplex } from "node:stream";
import { type Door, noteRefusal } from "./door.ts";
import type { Authority } from "./authority.ts";
import { asFault, clientGone, framing, hostMismatch, methodRefused, unauthenticated } from "./faults.ts";
import type { Handed } from "./http1.ts";
import { readHead } from "./headers.ts";
import { sendRaw, sendRawFault } from "./raw-send.ts";
import { beginRequest, type Under } from "./requests.ts";
import { readConnect } from "./target.ts";
import { passThrough } from "./tunnel.ts";

/** What the inside of a tunnel is given to. */
export type Intercept<Who> = (socket: Duplex, inside: { who: Who; to: Authority; context: Context }) => void;

type Context = Awaited<ReturnType<Door<unknown>["contexts"]["of"]>>;

/** Answers CONNECT (RFC 9110, 9.3.6): asks the road, then intercepts, passes through, or says no. Never throws. */
export function createConnect<Who>(door: Door<Who>, intercept: Intercept<Who>) {
  return async ({ request, socket, early, connection }: Handed<Who>): Promise<void> => {
    let [who, under]: [Who | null, Under | null] = [connection.who, null];
    let to: Authority | null = null;
    try {
      const head = readHead(request.rawHeaders, door.limits.headersMax);
      who ??= door.road.identify(head.presented, request.socket);
      if (who === null) throw unauthenticated();
      if (connection.inside !== null) throw methodRefused("CONNECT inside a tunnel");
      const hasBody =
        head.framing.kind === "chunked" || (head.framing.kind === "length" && head.framing.bytes > 0);
      if (hasBody) throw framing("CONNECT has no body");
      to = readConnect(request.url ?? "", head.host);
      under = beginRequest(door, who, () => void setTimeout(() => socket.destroy(), door.limits.cutMs));
      socket.once("close", () => under?.abort(clientGone()));
      await open(door, { who, to, socket, early, under, intercept });
    } catch (thrown) {
      const fault = asFault(thrown);
      noteRefusal(door, { who, origin: to === null ? connection.inside : { scheme: "https", ...to }, fault });
      sendRawFault(socket, fault);
    } finally {
      under?.close();
    }
  };
}

interface Opening<Who> {
  readonly who: Who;
  readonly to: Authority;
  readonly socket: Duplex;
  readonly early: Buffer;
  readonly under: Under;
  readonly intercept: Intercept<Who>;
}

const ESTABLISHED = "HTTP/1.1 200 Connection Established\r\n\r\n";

async function open<Who>(door: Door<Who>, opening: Opening<Who>): Promise<void> {
  const { who, to, socket, early, under, intercept } = opening;
  const connected = await under.wait(door.road.connect(who, to, under.signal));
  if (connected.kind === "answered") return sendRaw(socket, connected.answer);
  if (connected.kind === "intercept") {
    const context = await under.wait(door.contexts.of(to.host));
    if (early.length > 0) socket.unshift(early);
    socket.write(ESTABLISHED);
    return intercept(socket, { who, to, context });
  }
  const upstream = await under.wait(connected.open());
  if (early.length > 0) socket.unshift(early);
  socket.write(ESTABLISHED);
  passThrough(door, {
    who,
    client: socket,
    upstream,
    host: to.host,
    refused: (name) => {
      const fault = hostMismatch(name, to.host);
      noteRefusal(door, { who, origin: { scheme: "https", ...to }, fault });
    },
    done: connected.done,
  });
}
