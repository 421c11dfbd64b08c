import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["tests/support/console-built.ts"],
    include: ["src/**/*.test.ts", "tests/**/*.test.ts", "verifier/**/*.test.ts", "console/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more workers than cores only makes the real-process tests time out.
    maxWorkers: 2,
  },
});
