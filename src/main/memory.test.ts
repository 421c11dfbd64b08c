import { describe, expect, test } from "vitest";
import { demandUnexposed } from "./memory.ts";

describe("how Node was started", () => {
  test.each([
    [["--heapsnapshot-signal=SIGUSR2"], {}],
    [["--heapsnapshot_signal", "SIGUSR2"], {}],
    [["--heapsnapshot-near-heap-limit=3"], {}],
    [["--report-on-signal"], {}],
    [["--report-on-fatalerror"], {}],
    [["--report-uncaught-exception"], {}],
    [["--abort-on-uncaught-exception"], {}],
    [["--inspect=127.0.0.1:0"], {}],
    [["--inspect-brk"], {}],
    [["--inspect-wait"], {}],
    [["--tls-keylog=/tmp/keys"], {}],
    [["--trace-tls"], {}],
    [[], { NODE_OPTIONS: "--no-warnings  --heapsnapshot-signal=SIGUSR2" }],
    [[], { NODE_OPTIONS: '"--inspect=0"' }],
    [[], { NODE_DEBUG: "http" }],
  ])("%j %j is refused, by name", (execArgv, env) => {
    expect(() => demandUnexposed({ execArgv, env })).toThrow(
      expect.objectContaining({ code: "memory_exposed", message: expect.stringMatching(/--|NODE_DEBUG/) }),
    );
  });

  test.each([
    [[], {}],
    [["--disable-warning=ExperimentalWarning"], { NODE_OPTIONS: "", NODE_DEBUG: "" }],
    [["--inspect-port=0", "--max-old-space-size=512"], { NODE_OPTIONS: "--enable-source-maps" }],
  ])("%j %j is not", (execArgv, env) => {
    expect(() => demandUnexposed({ execArgv, env })).not.toThrow();
  });
});
