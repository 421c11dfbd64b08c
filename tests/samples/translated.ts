import { Fault, type JsonObject } from "#base";
import { faceOf, parameterOf, type Protocol, translate } from "#llm";

export function wire(value: object): JsonObject {
  const onTheWire: JsonObject = JSON.parse(JSON.stringify(value));
  return onTheWire;
}

/** Read by the client's face, translated, and read by the upstream's: what is sent is on its allow-list. */
export function through(from: Protocol, body: object, to: Protocol) {
  const request = faceOf(from).readRequest(wire(body));
  const translation = translate(request, to, "theirs");
  return { ...translation, request, read: faceOf(to).readRequest(translation.body) };
}

/** The field that a translation was refused for. */
export function refusalOf(from: Protocol, body: object, to: Protocol): string {
  try {
    through(from, body, to);
  } catch (error) {
    if (error instanceof Fault && error.code === "translation_refused") return parameterOf(error) ?? "";
    throw error;
  }
  throw new Error("nothing was refused");
}
