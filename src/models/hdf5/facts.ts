/** What an HDF5 file holds beside its arrays. */
export interface Hdf5Facts {
  readonly version: number;
  /** Bytes before it: HDF5 leaves them to whoever wants them. */
  readonly userBlock: number;
  readonly objects: number;
  readonly attributes: readonly Hdf5Attribute[];
  readonly datasets: readonly Hdf5Dataset[];
  readonly links: readonly Hdf5Link[];
  /** What could not be followed: a loader may. */
  readonly unread: readonly { readonly what: string; readonly at: number }[];
}

export interface Hdf5Attribute {
  /** Of the object that it is of: `/`, `/model_weights`. */
  readonly object: string;
  readonly name: string;
  /** Its texts; none where it holds something else. */
  readonly texts: readonly string[];
  readonly at: number;
}

export interface Hdf5Dataset {
  readonly path: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly layout: "compact" | "contiguous" | "chunked" | "virtual" | "unknown";
  /** The numbers of its filters: 1 is deflate; from 256 on they are programs of somebody else's. */
  readonly filters: readonly number[];
  /** Files of its data, by name. */
  readonly files: readonly string[];
  readonly at: number;
}

/** A link that is no object of the file itself. */
export interface Hdf5Link {
  readonly path: string;
  readonly is: "soft" | "external" | "other";
  /** A soft link's path, or that in the other file. */
  readonly target: string;
  readonly file: string | null;
  readonly at: number;
}
