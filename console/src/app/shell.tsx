import "./shell.css";
import { Link, Outlet, useRouteContext, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { AuthorizeBanner } from "../session/authorize.tsx";
import { usePerson } from "../session/person.ts";
import { Quoted } from "../inert/quoted.tsx";
import { StopEverything } from "../pages/stops/stop-button.tsx";
import { Stopped } from "../pages/stops/stopped.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { announce } from "../ui/toast.tsx";
import mark from "../../mark.svg";
import { ConnectionBanner } from "./connection-banner.tsx";
import { BarNav, SideNav } from "./nav.tsx";
import { Palette } from "./palette.tsx";
import { ShortcutsHelp, useShortcuts } from "./shortcuts.tsx";
import { ThemeButton } from "./theme-button.tsx";
import { useNewHolds } from "./waiting.ts";

/** What the pages get from around the router. */
export interface Around {
  /** Why a proof of presence failed, for who comes back from one. */
  readonly problem: unknown;
  readonly signOut: () => void;
}

/** The frame of every page: skip link, bar, navigation, the page itself, and what opens over it. */
export function Shell() {
  const { problem, signOut } = useRouteContext({ from: "__root__" });
  const [open, setOpen] = useState<"palette" | "help" | null>(null);
  const close = (): void => setOpen(null);
  useNewHolds();
  useShortcuts({ palette: () => setOpen("palette"), help: () => setOpen("help") });
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Bar search={() => setOpen("palette")} signOut={signOut} />
      <SideNav />
      <Page problem={problem} />
      <BarNav />
      <Palette isOpen={open === "palette"} close={close} signOut={signOut} />
      <ShortcutsHelp isOpen={open === "help"} close={close} />
    </div>
  );
}

function Bar({ search, signOut }: { readonly search: () => void; readonly signOut: () => void }) {
  const person = usePerson();
  return (
    <header className="bar">
      <Link to="/" className="brand">
        <img src={mark} alt="" width="22" height="22" />
        Doorward
      </Link>
      <div className="bar-search">
        <Button kind="quiet" icon="search" onPress={search}>
          <span>Go to…</span>
          <kbd>Ctrl K</kbd>
        </Button>
      </div>
      <div className="row bar-end">
        <StopEverything />
        <ThemeButton />
        <span className="bar-person">
          <Quoted text={person.name} />
        </span>
        <IconButton label="Sign out" icon="out" onPress={signOut} />
      </div>
    </header>
  );
}

/** The page; when another one comes, the focus and the reader's voice go to its beginning. */
function Page({ problem }: { readonly problem: unknown }) {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    main.current?.focus({ preventScroll: true });
    announce(document.title);
  }, [path]);
  return (
    <main id="main" className="page" tabIndex={-1} ref={main}>
      <ConnectionBanner />
      <ProblemNotice problem={problem} />
      <Stopped kind="everything" target="*" />
      <AuthorizeBanner />
      <Outlet />
    </main>
  );
}
