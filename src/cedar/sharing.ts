import { type Node, nodeOf } from "./node.ts";

/** Expressions that policies of one set have in common: evaluated once in each scene, however many ask. */
export interface Sharing {
  /** The node of what has this text; equal texts must mean the same. From its second use on, what it comes to is kept. */
  readonly node: (text: string, make: () => Node) => Node;
}

/** Places for what is kept in a scene; whatever finds none is evaluated wherever it stands. */
const KEPT_MAX = 128;
const TEXTS_MAX = 100_000;

export function createSharing(): Sharing {
  /** Null: used once so far. */
  const known = new Map<string, Node | null>();
  let places = 0;
  return {
    node: (text, make) => {
      const found = known.get(text);
      if (found !== undefined && found !== null) return found;
      const made = make();
      if (found === undefined) {
        if (known.size < TEXTS_MAX) known.set(text, null);
        return made;
      }
      // What it was made of may have taken places of its own meanwhile.
      if (places >= KEPT_MAX) return made;
      const node = keptAt(places, made);
      places += 1;
      known.set(text, node);
      return node;
    },
  };
}

/** What fails is evaluated again, for it fails again in the same words. */
function keptAt(place: number, { run, constant }: Node): Node {
  const node = nodeOf((scene) => {
    const known = scene.kept[place];
    if (known !== undefined) return known;
    const value = run(scene);
    scene.kept[place] = value;
    return value;
  });
  return { ...node, constant };
}
