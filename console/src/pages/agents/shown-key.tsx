import "./agents.css";
import "../../ui/fold.css";
import type { Done } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { CopyBlock } from "../../ui/copy.tsx";
import { Notice } from "../../ui/notice.tsx";
import { snippetsFor } from "./connect.ts";

/** What an operation answered that made a key. */
export type Minted = Pick<Done<"/agents/rotate-key">, "key" | "door" | "keylessDoor">;

/** A key that was just made, the one time that it is shown; it lives in this window alone. */
export function ShownKey({ minted, close }: { readonly minted: Minted; readonly close: () => void }) {
  return (
    <>
      <Notice tone="wait" isAlert>
        <p>
          <strong>This key is not shown again.</strong> Copy it now; Doorward keeps only its digest. A lost
          key is replaced, never found.
        </p>
      </Notice>
      <CopyBlock label="Key" text={minted.key} />
      <details className="fold">
        <summary>
          <span>Point a client at Doorward</span>
        </summary>
        <div className="fold-body snippets">
          {snippetsFor(minted).map(({ label, text }) => (
            <CopyBlock key={label} label={label} text={text} />
          ))}
          {minted.keylessDoor === null ? (
            <p className="soft small">
              Ollama’s clients send no key: make one with an address that holds a secret, and put it in place
              of SECRET.
            </p>
          ) : null}
        </div>
      </details>
      <div className="row end">
        <Button kind="primary" onPress={close}>
          I have copied it
        </Button>
      </div>
    </>
  );
}
