import { type Finish, isAtLimit, type Part, type Turn, type Usage } from "../turn.ts";
import { answerMalformed } from "../stream/faults.ts";
import { type CallSet, closedCall, createCallSet } from "./calls.ts";
import type { OpenCall } from "./open-call.ts";
import { settledFinish } from "./finish.ts";

/** Puts a turn together, whether from one answer or from a thousand events. */
export interface TurnBuilder {
  readonly calls: CallSet;
  /** True the first time; later ones change nothing. */
  readonly begin: (id: string | null, model: string | null) => boolean;
  readonly text: (text: string) => void;
  /** Text to everybody but OpenAI's clients, who read it by itself: what else is said must come before. */
  readonly refusal: (text: string) => void;
  readonly reasoning: (text: string) => void;
  /**
   * Whether the choice that a call's delta stands in has a number. Throws `answer_malformed` where only some have: clients
   * that put choices together by it would have two halves of a call.
   */
  readonly numbered: (isNumbered: boolean) => void;
  /** Places a call that `calls` has just begun after what came before it. */
  readonly call: (call: OpenCall) => void;
  readonly usage: (usage: Usage) => void;
  readonly finish: (finish: Finish) => void;
  /** Throws `answer_malformed` for calls that are none, as things stand. */
  readonly check: () => void;
  readonly turn: () => Turn;
}

type Piece =
  | { readonly kind: "text" | "reasoning"; text: string }
  | { readonly kind: "call"; readonly call: OpenCall };

interface State {
  isBegun: boolean;
  isRefusing: boolean;
  isNumbered: boolean | null;
  id: string | null;
  model: string | null;
  finish: Finish | null;
  usage: Usage | null;
}

export function createTurnBuilder(isWhole = false): TurnBuilder {
  const calls = createCallSet(isWhole);
  const pieces: Piece[] = [];
  const state = newState();

  function append(kind: "text" | "reasoning", text: string): void {
    const last = pieces.at(-1);
    if (last !== undefined && last.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  }

  function said(text: string, isRefusal: boolean): void {
    if (state.isRefusing && !isRefusal) throw answerMalformed("goes on after its refusal");
    state.isRefusing = isRefusal;
    append("text", text);
  }

  function numbered(isNumbered: boolean): void {
    if (state.isNumbered !== null && state.isNumbered !== isNumbered)
      throw answerMalformed("numbers its choice in some events and not in others");
    state.isNumbered = isNumbered;
  }

  function turn(): Turn {
    let position = 0;
    const parts = pieces.map((piece): Part => {
      if (piece.kind !== "call") return textPart(piece.kind, piece.text);
      position += 1;
      return callPart(piece.call, { ...state, isOpen: calls.isOpen(piece.call), position: position - 1 });
    });
    return {
      id: state.id,
      model: state.model,
      parts,
      finish: settledFinish(state.finish, calls.count() > 0),
      usage: state.usage,
    };
  }

  return {
    calls,
    begin: (id, model) => {
      if (state.isBegun) return false;
      state.isBegun = true;
      state.id = id;
      state.model = model;
      return true;
    },
    text: (text) => said(text, false),
    refusal: (text) => said(text, true),
    numbered,
    reasoning: (text) => append("reasoning", text),
    call: (call) => {
      pieces.push({ kind: "call", call });
    },
    usage: (usage) => {
      state.usage = usage;
    },
    finish: (finish) => {
      state.finish = finish;
    },
    check: () => calls.check(isAtLimit(state.finish)),
    turn,
  };
}

function textPart(kind: "text" | "reasoning", text: string): Part {
  return kind === "reasoning" ? { kind, text, signature: null } : { kind, text };
}

interface Placed extends Pick<State, "id" | "finish"> {
  readonly isOpen: boolean;
  readonly position: number;
}

function callPart(open: OpenCall, { id, finish, isOpen, position }: Placed): Part {
  const call = closedCall(open, `call_${id ?? "answer"}_${position}`);
  return { kind: "call", call: isOpen && isAtLimit(finish) ? { ...call, isCut: true } : call };
}

function newState(): State {
  return {
    isBegun: false,
    isRefusing: false,
    isNumbered: null,
    id: null,
    model: null,
    finish: null,
    usage: null,
  };
}
