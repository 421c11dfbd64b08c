/** Programs that only look, whatever their arguments: they have no option that writes, sends or starts anything. */
export const LOOKING: ReadonlySet<string> = words(
  "ls cat head tail wc grep egrep fgrep cut tr echo printf pwd which whoami id uname date du df stat diff cmp comm basename dirname " +
    "realpath readlink true false test sleep nl fold paste column md5sum sha1sum sha256sum",
);

/**
 * Options that make a program of the other tables do more than it says: start, send, or write elsewhere. What an option
 * of one letter is for may stand right behind it: `-O./program`.
 */
export const LEAVING_OPTIONS =
  /^(?:-[cCoOxfdDE].*|--exec.*|--output.*|--upload-pack.*|--receive-pack.*|--config.*|--ext-diff|--git-dir.*|--work-tree.*|--open-files.*|--pre.*|--hostname.*|--eval.*|--compress-program.*|--install.*|--discard.*|-exec.*|-ok.*|-toolexec.*|-vettool.*|--force.*|--delete)$/u;

/** Ways to look that show what others published: harmless to run, and nothing that the folder vouches for. */
export const SHOWING_OTHERS = /\bnpm\s[^;&|\n]*\b(?:view|outdated)\b/u;

/** Options that may stand before the file that an interpreter runs: others load or run what is no file of the folder. */
export const PLAIN_OPTIONS: ReadonlySet<string> = words(
  "-u -B -I -s --no-warnings --trace-warnings --enable-source-maps --experimental-strip-types",
);
/** Those that need no file: an interpreter without one runs what it is piped. */
export const OPTIONS_ALONE: ReadonlySet<string> = words("--test --version -v -V");

export const INTERPRETERS: ReadonlySet<string> = words("node python python3");

/** Programs that look when they are asked in one of these ways: the first argument that is no option. */
export const LOOKING_WHEN: Readonly<Record<string, ReadonlySet<string>>> = {
  git: words(
    "status diff log show rev-parse blame ls-files ls-tree describe shortlog cat-file merge-base grep",
  ),
  npm: words("ls list outdated view"),
  node: words("--version -v"),
  cargo: words("tree metadata"),
  go: words("version list"),
};

/** Programs whose arguments are only patterns and places to look at. */
export const SEARCHING: ReadonlySet<string> = words("find rg tree sort jq file");

/** What runs or changes the folder that was opened to the session, and nothing else by itself: tests, builds, local commits. */
export const WORKING: Readonly<Record<string, ReadonlySet<string> | "any">> = {
  git: words("add commit switch branch tag mv"),
  npm: words("test run start"),
  pnpm: words("test run"),
  yarn: words("test run"),
  bun: words("test run"),
  // The folder's own copy where there is one; else the registry's program of just this well-known name.
  npx: words("tsc vitest jest eslint prettier"),
  node: "any",
  python: "any",
  python3: "any",
  pytest: "any",
  ruff: "any",
  mypy: "any",
  black: "any",
  tsc: "any",
  vitest: "any",
  jest: "any",
  eslint: "any",
  prettier: "any",
  make: "any",
  cargo: words("test build check fmt clippy run"),
  go: words("test build fmt"),
  mkdir: "any",
  touch: "any",
  uniq: "any",
  cp: "any",
  mv: "any",
};

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}
