import "./command.css";
import { IconButton } from "./button.tsx";
import { toast } from "./toast.tsx";

/** A command as it is typed, to read and to copy. Only ever our own words: names in it are the reader's to put in. */
export function CommandText({ text }: { readonly text: string }) {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  };
  return (
    <span className="command">
      <code>{text}</code>
      <IconButton
        label="Copy the command"
        icon="copy"
        onPress={() => void copy().catch(() => toast("The browser did not let it be copied", "bad"))}
      />
    </span>
  );
}
