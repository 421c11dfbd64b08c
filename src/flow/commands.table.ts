/** Programs that only look, whatever their arguments: they have no option that writes, sends or starts anything. */
export const LOOKING: ReadonlySet<string> = words(
  "ls cat head tail wc grep egrep fgrep cut tr echo printf pwd which whoami id uname date du df stat diff cmp comm basename dirname " +
    "realpath readlink true false test sleep nl fold paste column md5sum sha1sum sha256sum cd",
);

/** Options that make a program of the other tables do more than it says: start, send, or write elsewhere. */
export const LEAVING_OPTIONS =
  /^(?:-c|-C|-O|-o|-x|--exec.*|--output.*|--upload-pack.*|--receive-pack.*|--config.*|--ext-diff|--git-dir.*|--work-tree.*|--open-files.*|--pre.*|--hostname.*|-delete|-exec.*|-ok.*|-fprint.*|-fls|-f|--force.*|-D|-d|--delete)$/u;

/** Ways to look that show what others published: harmless to run, and nothing that the folder vouches for. */
export const SHOWING_OTHERS = /\bnpm\s[^;&|\n]*\b(?:view|outdated)\b/u;

/** Options that make an interpreter run what is not a file of the folder. */
export const PROGRAM_OPTIONS =
  /^(?:-e|-p|-r|-i|-m|-|--eval.*|--print.*|--import.*|--require.*|--loader.*|--env-file.*)$/u;

export const INTERPRETERS: ReadonlySet<string> = words("node python python3");

/** Programs that look when they are asked in one of these ways: the first argument that is no option. */
export const LOOKING_WHEN: Readonly<Record<string, ReadonlySet<string>>> = {
  git: words(
    "status diff log show rev-parse blame ls-files ls-tree describe shortlog cat-file merge-base grep",
  ),
  npm: words("ls list outdated view"),
  node: words("--version -v"),
  cargo: words("tree metadata"),
  go: words("version list env vet"),
};

/** Programs whose arguments are only patterns and places to look at. */
export const SEARCHING: ReadonlySet<string> = words("find rg tree sort uniq jq file");

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
  cp: "any",
  mv: "any",
};

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}
