/**
 * What other tools of a fleet look for, made of discovery's own tables: an osquery pack (osquery.readthedocs.io, "Query packs") and
 * the places themselves, for whoever writes a rule of a device management.
 */
import { planOf, RUNTIMES } from "#discovery";

const PLATFORMS = [
  { platform: "linux", osquery: "linux", home: "/home/%", title: "Linux" },
  { platform: "darwin", osquery: "darwin", home: "/Users/%", title: "macOS" },
  { platform: "win32", osquery: "windows", home: "C:\\Users\\%", title: "Windows" },
] as const;
const [HOURLY_S, DAILY_S] = [3_600, 86_400];

interface Query {
  readonly query: string;
  readonly interval: number;
  readonly platform: string;
  readonly description: string;
}

export function osqueryPack(): string {
  const queries = PLATFORMS.flatMap(({ platform, osquery, home }) => {
    const { places, configurations } = planOf({ platform, home, environment: {} });
    const separator = platform === "win32" ? "\\" : "/";
    const files = places.map(({ path }) => `path LIKE '${quoted(path)}${separator}%%'`);
    const settings = configurations.map(({ path }) => `path LIKE '${quoted(path)}'`);
    return Object.entries({
      [`doorward_models_${osquery}`]: query(osquery, {
        query: `SELECT path, size, mtime, uid FROM file WHERE type = 'regular' AND size > 1048576 AND (${files.join(" OR ")});`,
        interval: DAILY_S,
        description: "Large files where runtimes and libraries keep models",
      }),
      [`doorward_agents_${osquery}`]: query(osquery, {
        query: `SELECT path, mtime, uid FROM file WHERE ${settings.join(" OR ")};`,
        interval: DAILY_S,
        description: "Configurations of known agents: that they are there, never what is in them",
      }),
      [`doorward_runtimes_${osquery}`]: query(osquery, {
        query: `SELECT DISTINCT p.pid, p.name, p.path, l.address, l.port FROM processes p LEFT JOIN listening_ports l USING (pid) WHERE p.name IN (${programs(osquery)});`,
        interval: HOURLY_S,
        description: "Running model runtimes by their names, and where they listen",
      }),
    });
  });
  return `${JSON.stringify({ queries: Object.fromEntries(queries) }, null, 2)}\n`;
}

function query(platform: string, rest: Omit<Query, "platform">): Query {
  return { ...rest, platform };
}

function programs(osquery: string): string {
  const ending = osquery === "windows" ? ".exe" : "";
  const names = new Set(RUNTIMES.flatMap((runtime) => runtime.programs.map((name) => `${name}${ending}`)));
  return [...names]
    .toSorted()
    .map((name) => `'${quoted(name)}'`)
    .join(", ");
}

/** SQLite's text. */
function quoted(text: string): string {
  return text.replaceAll("'", "''");
}

export function placesPage(generated: string): string {
  const sections = PLATFORMS.flatMap(({ platform, home, title }) => {
    const { places, configurations } = planOf({ platform, home, environment: {} });
    return [
      `## ${title}`,
      "",
      "| what | where |",
      "|---|---|",
      ...places.map(({ store, path }) => `| models of ${store} | \`${path}\` |`),
      ...configurations.map(({ agent, path }) => `| settings of ${agent} | \`${path}\` |`),
      "",
    ];
  });
  const runtimes = RUNTIMES.map(
    ({ title, programs: names, ports }) =>
      `| ${title} | ${names.map((name) => `\`${name}\``).join(", ")} | ${ports.join(", ")} |`,
  );
  return [
    "# Where models, runtimes and agents are looked for",
    generated,
    "",
    "`%` is any user's name. Variables that move a store, such as `HF_HOME`, are not in it: `doorward scan` follows them. Device management",
    "that knows no osquery can look for these: a script of Jamf's or Intune's that tells which of them are there. Ports prove nothing.",
    "",
    ...sections,
    "## Runtimes",
    "",
    "| runtime | programs | ports |",
    "|---|---|---|",
    ...runtimes,
    "",
  ].join("\n");
}
