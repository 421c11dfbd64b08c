import type { Parsed } from "../ast.ts";
import { evaluated } from "./evaluate.ts";
import { freshState, type Heard, type State } from "./state.ts";
import { FACET, has, TooMuch, union, type Value } from "./value.ts";
import { walked } from "./walk.ts";

/** Variables settle after a few rounds: what one round sets late, the next one knows early. */
const ROUNDS_MAX = 48;

export type Followed =
  | { readonly ok: true; readonly heard: Heard }
  | { readonly ok: false; readonly what: string };

/**
 * Follows a template in every run at once: which constant texts can be in its output and what of the messages, the date or their
 * number decides about each. Nothing is rendered. Loops and macros are followed until no variable can hold more; where
 * that takes too long, the answer is not ok.
 */
export function follow({ body }: Parsed): Followed {
  const state = freshState({ evaluate: evaluated, walked });
  try {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      state.changed = false;
      walked(body, {
        state,
        guards: new Set(),
        locals: new Map(),
        keyed: new Set(),
        isOperator: false,
        times: 0,
        emit: (value) => put(state, value),
      });
      if (!state.changed) return { ok: true, heard: state.heard };
    }
    return { ok: false, what: "what its variables hold does not settle" };
  } catch (cause) {
    if (cause instanceof TooMuch) return { ok: false, what: cause.message };
    if (cause instanceof RangeError) return { ok: false, what: "it nests too deep to be followed" };
    throw cause;
  }
}

function put({ heard }: State, value: Value): void {
  for (const [text, atoms] of value.texts)
    heard.emitted.set(text, union(heard.emitted.get(text) ?? atoms, atoms, EMITTED_MAX));
  if (has(value, FACET.content | FACET.message | FACET.messages))
    for (const atom of value.atoms) heard.passed.add(atom);
}

const EMITTED_MAX = 2000;
