// Runs every program beside it, one after the other, and prints what each printed: the same file outside and in every sandbox.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const cases = JSON.parse(readFileSync("cases.json", "utf8"));
const results = {};
// Descriptors of whoever started this one are handed on as they came.
const inherited = [3, 4, 5, 6, 7, 8, 9];
const open = inherited.filter((descriptor) => {
  try {
    readFileSync(`/proc/self/fdinfo/${descriptor}`);
    return true;
  } catch {
    return false;
  }
});
for (const id of cases) {
  const stdio = ["ignore", "pipe", "pipe"];
  if (id === "inherited-descriptor") for (const descriptor of open) stdio[descriptor] = descriptor;
  for (let n = 0; n < stdio.length; n += 1) stdio[n] ??= "ignore";
  const { status, signal, stdout, stderr } = spawnSync("python3", [`${id}.py`], {
    stdio,
    encoding: "utf8",
    timeout: 15_000,
  });
  const said = (stdout ?? "").trim().split("\n").at(-1) ?? "";
  const why = (stderr ?? "").trim().split("\n").at(-1) ?? "";
  results[id] = {
    escaped: said.startsWith("ESCAPED"),
    how: said.startsWith("ESCAPED") ? said.slice(8) : why || signal || `exit ${status}`,
  };
}
writeFileSync("results.json", JSON.stringify(results));
