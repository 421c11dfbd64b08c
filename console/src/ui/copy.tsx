import "./copy.css";
import { QuotedBlock } from "../inert/quoted.tsx";
import { Button } from "./button.tsx";
import { toast } from "./toast.tsx";

/** Lines to paste elsewhere, whole on the page, with a button that copies exactly what stands there. */
export function CopyBlock({ label, text }: { readonly label: string; readonly text: string }) {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  };
  return (
    <figure className="copy">
      <figcaption>
        <span>{label}</span>
        <Button
          kind="plain"
          icon="copy"
          onPress={() => void copy().catch(() => toast("The browser did not let it be copied", "bad"))}
        >
          Copy<span className="unseen"> {label}</span>
        </Button>
      </figcaption>
      <QuotedBlock text={text} label={label} />
    </figure>
  );
}
