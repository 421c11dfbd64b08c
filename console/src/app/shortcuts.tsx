import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { Dialog } from "../ui/dialog.tsx";
import { isTyping } from "../ui/typing.ts";
import { NAV_PAGES } from "./pages.ts";

/** How long after `g` the second key may come. */
const SEQUENCE_MS = 1_200;

interface Opening {
  readonly palette: () => void;
  readonly help: () => void;
}

/** Ctrl/Cmd-K anywhere; `?` and `g` with a page's key where nothing is being typed. */
export function useShortcuts(opening: Opening): void {
  const navigate = useNavigate();
  const latest = useRef(opening);
  latest.current = opening;
  useEffect(() => {
    let armedAt = -Infinity;
    const pressed = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === "?") return latest.current.help();
      const page = NAV_PAGES.find(({ key }) => key === event.key);
      const isArmed = event.timeStamp - armedAt < SEQUENCE_MS;
      if (isArmed && page !== undefined) {
        armedAt = -Infinity;
        void navigate({ to: page.path });
      } else armedAt = event.key === "g" ? event.timeStamp : -Infinity;
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [navigate]);
}

export function ShortcutsHelp({ isOpen, close }: { readonly isOpen: boolean; readonly close: () => void }) {
  const keys = [
    ["Ctrl K", "Go to a page, an agent, a server, or anything by its id"],
    ...NAV_PAGES.map(({ key, title }) => [`g ${key}`, title]),
    ["j k", "Down and up the activity; Enter opens an action, r its receipt"],
    ["?", "This list"],
    ["Esc", "Close what is open"],
  ] as const;
  return (
    <Dialog title="Keyboard" isOpen={isOpen} close={close}>
      <dl className="facts">
        {keys.map(([key = "", what]) => (
          <div key={key} className="fact">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
