import "./manifest.css";
import { change } from "../../api/client.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { Button } from "../../ui/button.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { useAct } from "../../ui/field.tsx";
import { FormProblem } from "../../ui/notice.tsx";
import { Facts } from "../../ui/page.tsx";
import { DOES, FOR, fromWhere, isToAccept, type Manifest, resultsOf, STANDINGS } from "./manifest-words.ts";

const STALE = ["/tools", "/tools/get"] as const;

/**
 * What a tool does and whose words its results are, as a person reviewed it, or as it waits for one. INVARIANT: what is
 * accepted is the proposal that is on the page, for the definition that it was made for.
 */
export function ManifestPart({ manifest }: { readonly manifest: Manifest }) {
  const roles = Object.entries(manifest.roles);
  const { resources = [], trustedAuthors = [] } = manifest.output;
  return (
    <section className="manifest" aria-label={`What is known of ${manifest.server}/${manifest.name}`}>
      <div className="row">
        <h3>What is known of it</h3>
        <StatusChip {...STANDINGS[manifest.standing]} />
      </div>
      <Facts
        facts={[
          ["It", DOES[manifest.effect]],
          [
            "Its arguments",
            roles.length === 0 ? (
              <span className="soft">nothing is said of them</span>
            ) : (
              <ul>
                {roles.map(([argument, role]) => (
                  <li key={argument}>
                    <Quoted text={argument} /> <span className="soft">{FOR[role] ?? role}</span>
                    {manifest.effectIf[argument] === undefined ? null : (
                      <span className="soft">; filled, it {DOES[manifest.effectIf[argument]]}</span>
                    )}
                    {manifest.mutable.includes(argument) ? (
                      <span className="soft">; names what can change after a yes</span>
                    ) : null}
                  </li>
                ))}
              </ul>
            ),
          ],
          ...(manifest.summary === null
            ? []
            : [["Its card says", <Quoted key="summary" text={manifest.summary} />] as const]),
          [
            "Its results",
            <ul>
              {resultsOf(manifest).map((words) => (
                <li key={words}>{words}</li>
              ))}
              {resources.map(({ argument, under, integrity }) => (
                <li key={JSON.stringify([argument, under])}>
                  {integrity} below <Quoted text={under} />
                </li>
              ))}
              {trustedAuthors.map((author) => (
                <li key={author}>
                  trusted from <Quoted text={author} />
                </li>
              ))}
            </ul>,
          ],
          ["From", fromWhere(manifest)],
        ]}
      />
      <Review manifest={manifest} />
    </section>
  );
}

function Review({ manifest }: { readonly manifest: Manifest }) {
  const write = useWrite();
  const { server, definition, standing } = manifest;
  const name = `${server}/${manifest.name}`;
  const accept = useAct(async () => {
    await write({ what: `accept what is proposed of ${name}`, done: "Accepted", stale: STALE }, () =>
      change("/manifests/accept", { tools: [name], fingerprint: definition }),
    );
  });
  const propose = useAct(async () => {
    await write({ what: `propose what the tools of ${server} do`, done: "Proposed", stale: STALE }, () =>
      change("/manifests/init", { server }),
    );
  });
  const isOpen = standing === "none" || standing === "stale";
  return (
    <>
      <FormProblem problem={accept.problem ?? propose.problem} />
      {isToAccept(manifest) ? (
        <div className="row">
          <Button isBusy={accept.isBusy} onPress={accept.run}>
            Put this in force
          </Button>
        </div>
      ) : null}
      {isOpen && !manifest.waiting ? (
        <div className="row">
          <Button isBusy={propose.isBusy} onPress={propose.run}>
            Propose from names and schemas
          </Button>
        </div>
      ) : null}
    </>
  );
}
