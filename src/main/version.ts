/** Printed by `--version`, told to clients and servers; the release script keeps it equal to package.json's. */
export const VERSION = "0.1.0";
