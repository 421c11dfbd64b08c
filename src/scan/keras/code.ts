import { Buffer } from "node:buffer";

/** What a text in a Lambda layer is: Python's marshalled code in Base64, source, the name of a function, or none of these. */
export interface FoundCode {
  readonly is: "bytecode" | "source" | "name";
  /** Names and texts of the code, in order; of source, its words. */
  readonly words: readonly string[];
  /** Those of them that reach out of the model. */
  readonly reaching: readonly string[];
}

const BYTES_MAX = 1_048_576;
const WORDS_MAX = 500;
const WORD_BYTES_MAX = 4_096;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/u;
/** What Python's decoder passes over, wherever it stands (binascii.a2b_base64 of CPython, Modules/binascii.c, without strict_mode). */
const PASSED_OVER = /[^A-Za-z0-9+/]+/gu;
/** Nobody calls a function by more; letters in such a number are something else. */
const NAME = /^[A-Za-z_]\w{0,63}$/u;
/** Code objects begin so in marshal's format: `c`, with or without the bit that says that it is referred to (CPython's Python/marshal.c). */
const CODE = new Set([0x63, 0xe3]);
/** Texts in marshal's format: short ones with a byte of length (`z`, `Z`), others with four (`a`, `A`, `u`, `t`, `s`). */
const [SHORT, LONG] = [new Set([0x7a, 0x5a]), new Set([0x61, 0x41, 0x75, 0x74, 0x73])];

/** Modules, functions and attributes of Python by which code leaves a model: nothing that computes on tensors needs them. */
const REACHING = new Set(
  `os sys posix nt subprocess socket shutil pty ctypes cffi importlib imp runpy builtins __builtin__ __builtins__ __import__
  import_module eval exec execfile compile open system popen Popen spawn fork execv execve check_output check_call call run
  getattr setattr globals locals vars __globals__ __subclasses__ __class__ __bases__ __mro__ __code__ __getattribute__ urllib
  urllib2 requests http ftplib telnetlib smtplib paramiko urlopen urlretrieve base64 b64decode codecs marshal pickle cPickle dill
  cloudpickle loads io pathlib Path tempfile glob webbrowser multiprocessing threading signal environ getenv remove unlink
  rmtree rename chmod write read_file write_file py_function numpy_function load_library load_op_library gfile tf_io FunctionType
  CodeType types code timeit pdb sysconfig platform powershell bash cmd curl wget nc netcat`.split(/\s+/u),
);

/** Looks at a text without running it: marshal's texts are found by their lengths, whatever the version that wrote them. */
export function codeIn(text: string): FoundCode {
  const bytes = decoded(text);
  if (bytes !== null)
    return found("bytecode", [...wordsIn(bytes), ...(BASE64.test(text) ? [] : sourceIn(text))]);
  if (NAME.test(text)) return found("name", [text]);
  return found("source", sourceIn(text));
}

function sourceIn(text: string): readonly string[] {
  return text.match(/[A-Za-z_]\w*/gu)?.slice(0, WORDS_MAX) ?? [];
}

function found(is: FoundCode["is"], words: readonly string[]): FoundCode {
  const parts = words.flatMap((word) => word.match(/[A-Za-z_]\w*/gu) ?? []);
  return { is, words, reaching: [...new Set(parts.filter((part) => REACHING.has(part)))] };
}

function decoded(text: string): Buffer | null {
  if (text.length < 16) return null;
  const bytes = Buffer.from(text.replaceAll(PASSED_OVER, "").slice(0, BYTES_MAX), "base64");
  return CODE.has(bytes[0] ?? 0) ? bytes : null;
}

function wordsIn(bytes: Buffer): readonly string[] {
  const words: string[] = [];
  for (let at = 0; at + 2 < bytes.length && words.length < WORDS_MAX; at += 1) {
    const word = wordAt(bytes, at);
    if (word !== null) words.push(word);
  }
  return words;
}

/** The text that begins at `at`, where one may: nothing says that a letter of marshal's is one. */
function wordAt(bytes: Buffer, at: number): string | null {
  const kind = (bytes[at] ?? 0) & 0x7f;
  const head = SHORT.has(kind) ? 2 : LONG.has(kind) && at + 5 <= bytes.length ? 5 : 0;
  if (head === 0) return null;
  const length = head === 2 ? (bytes[at + 1] ?? 0) : bytes.readUInt32LE(at + 1);
  const end = at + head + length;
  if (length < 1 || length > WORD_BYTES_MAX || end > bytes.length) return null;
  const word = bytes.toString("latin1", at + head, end);
  return /^[\x20-\x7e\s]+$/u.test(word) ? word : null;
}
