// `npm run -s conformance:cedar -- PATH`: Cedar's own conformance corpus (a folder or a tar.gz) through our evaluator.
// One JSON line: how many requests have Cedar's decision, determining policies and erring policies, and which do not.
import { withCorpora } from "./cedar/corpus.ts";
import { type Report, runCorpus } from "./cedar/run.ts";

const [path] = process.argv.slice(2);
if (path === undefined) {
  process.stderr.write("usage: npm run -s conformance:cedar -- PATH (a folder or a tar.gz)\n");
  process.exit(2);
}
const report: Report = { cases: 0, requests: 0, agree: 0, disagree: [] };
await withCorpora(path, (corpus) => runCorpus(corpus, report));
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exitCode = report.requests > 0 && report.agree === report.requests ? 0 : 1;
