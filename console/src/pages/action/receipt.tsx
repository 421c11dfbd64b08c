import { useEffect, useRef } from "react";
import { look } from "../../api/client.ts";
import { CommandText } from "../../ui/command.tsx";
import { ActButton } from "../../ui/field.tsx";
import { Panel } from "../../ui/page.tsx";

/** The proof of one action as a file, and how anybody checks it without Doorward. */
export function Receipt({ id }: { readonly id: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The way here from a list: the page has to be there before anything on it can be gone to.
    if (location.hash !== "#receipt") return;
    place.current?.scrollIntoView();
    place.current?.querySelector("button")?.focus({ preventScroll: true });
  }, []);
  const file = `${id}.receipt.json`;
  const download = async (): Promise<void> => {
    const { receipt } = await look("/receipts/get", { id });
    save(file, receipt);
  };
  return (
    <div id="receipt" className="action-receipt" ref={place}>
      <Panel>
        <h2>Receipt</h2>
        <p className="small">
          The ledger’s entries of this action, each signed and proven under a signed checkpoint. Whoever has
          the log’s keys can check it offline, without Doorward and without us.
        </p>
        <div className="row">
          <ActButton kind="primary" act={download}>
            Download receipt
          </ActButton>
        </div>
        <p className="soft small">Check it with the two public keys that its operator gives you:</p>
        <CommandText
          text={`npx doorward-verify receipt ${file} --log-key "$(cat log.vkey)" --receipt-key receipt.pub`}
        />
        <p className="soft small">Files for Sigstore’s, Go’s and other people’s verifiers:</p>
        <CommandText text={`doorward receipts files ${id} --json`} />
      </Panel>
    </div>
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
