export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One argument as a person reads it. */
export interface ArgumentView {
  readonly name: string;
  /** `text`, `number`, `list of 3`, … */
  readonly type: string;
  readonly text: string;
}

/** Characters of all arguments together that the console still shows whole; what is larger cannot be approved here. */
export const SHOWN_CHARACTERS_MAX = 200_000;
/** Of something too large, as much as helps to recognise it. */
export const GLIMPSE_CHARACTERS = 2_000;
/** Levels of nesting that are still readable when indented. */
export const SHOWN_DEPTH_MAX = 32;

export type Shown =
  | { readonly kind: "whole"; readonly arguments: readonly ArgumentView[] }
  | { readonly kind: "too-large"; readonly characters: number; readonly arguments: readonly ArgumentView[] };

/** Every argument by name, strings as their own text, everything else as indented JSON. Never cut silently. */
export function showArguments(value: { readonly [key: string]: Json }): Shown {
  const views = Object.entries(value).map(([name, argument]) => viewOf(name, argument));
  const characters = views.reduce((sum, view) => sum + view.name.length + view.text.length, 0);
  const isWhole =
    characters <= SHOWN_CHARACTERS_MAX && depthOf(value, SHOWN_DEPTH_MAX + 1) <= SHOWN_DEPTH_MAX;
  if (isWhole) return { kind: "whole", arguments: views };
  const glimpses = views.slice(0, 20).map((view) => ({
    name: view.name.slice(0, 200),
    type: view.type,
    text: view.text.slice(0, GLIMPSE_CHARACTERS),
  }));
  return { kind: "too-large", characters, arguments: glimpses };
}

function viewOf(name: string, value: Json): ArgumentView {
  if (typeof value === "string") return { name, type: `text, ${measure(value)}`, text: value };
  const text = JSON.stringify(value, null, 2);
  return { name, type: typeOf(value), text };
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (typeof value === "object") return `object with ${Object.keys(value).length} fields`;
  return typeof value === "number" ? "number" : "yes or no";
}

/** `1,204 characters, 31 lines`: says that there is more below the fold. */
export function measure(text: string): string {
  const lines = text.split("\n").length;
  const count = `${text.length.toLocaleString("en")} character${text.length === 1 ? "" : "s"}`;
  return lines > 1 ? `${count}, ${lines.toLocaleString("en")} lines` : count;
}

function depthOf(value: Json, stopAt: number): number {
  if (value === null || typeof value !== "object" || stopAt <= 0) return 0;
  let deepest = 0;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, stopAt - 1));
  return deepest + 1;
}
