import type { Place } from "#chat";

/** `room:C0123`, `person:U0123`, or a room's id alone. */
export function placeText(text: string): Place {
  const [, kind, id] = /^(room|person):(.+)$/s.exec(text) ?? [];
  if (kind === "room" && id !== undefined) return { kind: "room", id };
  return kind === "person" && id !== undefined ? { kind: "person", id } : { kind: "room", id: text };
}

export function textOfPlace({ kind, id }: Place): string {
  return `${kind}:${id}`;
}
