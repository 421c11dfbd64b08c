/** Bytes from one that sends to one that takes: each chunk waits until it was taken, so memory stays flat. */
export interface Pipe {
  /** False: nobody takes any more. Resolves once the chunk was taken. */
  readonly push: (chunk: Uint8Array) => Promise<boolean>;
  readonly end: () => void;
  /** Whoever takes is told by this error that the rest does not come. */
  readonly fail: (error: unknown) => void;
  /** Nobody takes any more. */
  readonly leave: () => void;
  readonly body: AsyncIterableIterator<Uint8Array>;
}

type Step = IteratorResult<Uint8Array, undefined>;
const DONE: Step = { done: true, value: undefined };

interface Offer {
  readonly chunk: Uint8Array;
  readonly taken: (isTaken: boolean) => void;
}

interface Taker {
  readonly resolve: (step: Step) => void;
  readonly reject: (error: unknown) => void;
}

export function createPipe(): Pipe {
  let offer: Offer | null = null;
  let taker: Taker | null = null;
  let isLeft = false;
  let end: { readonly error: unknown } | null = null;
  const leave = (): void => {
    isLeft = true;
    offer?.taken(false);
    offer = null;
    taker?.resolve(DONE);
    taker = null;
  };
  const finish = (error: unknown): void => {
    end ??= { error };
    if (error === null) taker?.resolve(DONE);
    else taker?.reject(error);
    taker = null;
  };
  const next = (): Promise<Step> => {
    if (offer !== null) {
      const { chunk, taken } = offer;
      offer = null;
      taken(true);
      return Promise.resolve({ done: false, value: chunk });
    }
    if (isLeft) return Promise.resolve(DONE);
    if (end !== null) return end.error === null ? Promise.resolve(DONE) : Promise.reject(end.error);
    return new Promise((resolve, reject) => {
      taker = { resolve, reject };
    });
  };
  const body: AsyncIterableIterator<Uint8Array> = {
    next,
    return: () => {
      leave();
      return Promise.resolve(DONE);
    },
    [Symbol.asyncIterator]: () => body,
  };
  return {
    body,
    leave,
    end: () => finish(null),
    fail: (error) => finish(error ?? new Error("the sender failed")),
    push: (chunk) => {
      if (isLeft) return Promise.resolve(false);
      if (taker !== null) {
        taker.resolve({ done: false, value: chunk });
        taker = null;
        return Promise.resolve(true);
      }
      return new Promise((taken) => {
        offer = { chunk, taken };
      });
    },
  };
}
