/** Whether Doorward answered the last time it was asked; told to whoever subscribes when it changes. */
export interface Connection {
  readonly isLost: () => boolean;
  readonly subscribe: (told: () => void) => () => void;
  readonly heard: (isAnswered: boolean) => void;
}

export function createConnection(): Connection {
  let isLost = false;
  const listeners = new Set<() => void>();
  return {
    isLost: () => isLost,
    subscribe: (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    heard: (isAnswered) => {
      if (isLost === !isAnswered) return;
      isLost = !isAnswered;
      for (const told of listeners) told();
    },
  };
}

export const connection = createConnection();
