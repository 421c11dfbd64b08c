/** A kind of file, by where its letters stand. Formats' own documents and file(1)'s magic give them. */
export interface Signature {
  readonly kind: string;
  readonly at: number;
  /** The bytes, one character each. */
  readonly letters: string;
}

const of = (kind: string, letters: string, at = 0): Signature => ({ kind, at, letters });

export const SIGNATURES: readonly Signature[] = [
  of("zip", "PK\u0003\u0004"),
  of("zip", "PK\u0005\u0006"),
  of("zip", "PK\u0007\u0008PK\u0003\u0004"),
  of("zip", "PK00PK\u0003\u0004"),
  of("gzip", "\u001F\u008B\u0008"),
  of("bzip2", "BZh"),
  of("xz", "\u00FD7zXZ\u0000"),
  of("lzma", "\u005D\u0000\u0000"),
  of("lz4", "\u0004\u0022\u004D\u0018"),
  of("zstd", "\u0028\u00B5\u002F\u00FD"),
  of("7z", "7z\u00BC\u00AF\u0027\u001C"),
  of("rar", "Rar!\u001A\u0007"),
  of("gguf", "GGUF"),
  // llama.cpp's formats before GGUF, as they lie in a file: its former llama.cpp, LLAMA_FILE_MAGIC_*.
  of("ggml", "lmgg"),
  of("ggml", "fmgg"),
  of("ggml", "tjgg"),
  of("ggml", "algg"),
  of(
    "torch-legacy",
    "\u0080\u0002\u008A\u000A\u006C\u00FC\u009C\u0046\u00F9\u0020\u006A\u00A8\u0050\u0019\u002E",
  ),
  of("npy", "\u0093NUMPY"),
  of("hdf5", "\u0089HDF\r\n\u001A\n"),
  of("hdf5", "\u0089HDF\r\n\u001A\n", 512),
  of("hdf5", "\u0089HDF\r\n\u001A\n", 1024),
  of("hdf5", "\u0089HDF\r\n\u001A\n", 2048),
  of("tflite", "TFL3", 4),
  // Unverified: from files seen, no document names it.
  of("tensorrt", "ptrt"),
  of("executorch", "ET12", 4),
  // onnxruntime/core/flatbuffers/schema/ort.fbs: its file identifier.
  of("ort", "ORTM", 4),
  of("elf", "\u007FELF"),
  of("macho", "\u00CF\u00FA\u00ED\u00FE"),
  of("macho", "\u00CE\u00FA\u00ED\u00FE"),
  of("macho", "\u00FE\u00ED\u00FA\u00CE"),
  of("macho", "\u00FE\u00ED\u00FA\u00CF"),
  of("script", "#!"),
  of("wasm", "\u0000asm"),
  of("png", "\u0089PNG\r\n\u001A\n"),
  of("jpeg", "\u00FF\u00D8\u00FF"),
  of("gif", "GIF8"),
  of("webp", "WEBP", 8),
  of("pdf", "%PDF-"),
  of("sqlite", "SQLite format 3\u0000"),
  of("parquet", "PAR1"),
  of("arrow", "ARROW1\u0000\u0000"),
];
