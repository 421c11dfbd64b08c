import { look } from "../../api/client.ts";
import { CommandText } from "../../ui/command.tsx";
import { ActButton } from "../../ui/field.tsx";
import { Panel, Section } from "../../ui/page.tsx";

/** The proof of one action as a file, and how anybody checks it without Doorward. */
export function Receipt({ id }: { readonly id: string }) {
  const file = `${id}.receipt.json`;
  const download = async (): Promise<void> => {
    const { receipt } = await look("/receipts/get", { id });
    save(file, receipt);
  };
  return (
    <Section title="Receipt">
      <Panel>
        <p>
          The ledger's entries of this action, each with its signature and its proof under a signed
          checkpoint. Whoever has the log's key can check it offline, without Doorward and without us.
        </p>
        <div className="row">
          <ActButton kind="primary" act={download}>
            Download receipt
          </ActButton>
        </div>
        <p className="soft small">To check it, with the two public keys that its operator gives you:</p>
        <div>
          <CommandText
            text={`npx doorward-verify receipt ${file} --log-key "$(cat log.vkey)" --receipt-key receipt.pub`}
          />
        </div>
        <p className="soft small">Or with Sigstore’s, Go’s and other people’s tools:</p>
        <div>
          <CommandText text={`doorward receipts files ${id} --json`} />
        </div>
      </Panel>
    </Section>
  );
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
