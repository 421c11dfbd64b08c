export function isConsoleBuilt(root: string): boolean;
export function consoleDigest(root: string): string;
