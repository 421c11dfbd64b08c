import "./palette.css";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Autocomplete } from "react-aria-components/Autocomplete";
import { Input } from "react-aria-components/Input";
import { Header } from "react-aria-components/Header";
import { Menu, MenuItem, MenuSection } from "react-aria-components/Menu";
import { TextField } from "react-aria-components/TextField";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { type Place, usePlaces } from "./places.ts";

interface PaletteProps {
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly signOut: () => void;
}

/** Type to go somewhere: a page, an agent, a server, or whatever an id names. */
export function Palette({ isOpen, close, signOut }: PaletteProps) {
  return (
    <Dialog title="Go to" isOpen={isOpen} close={close} isTitleUnseen>
      <Search close={close} signOut={signOut} />
    </Dialog>
  );
}

function Search({ close, signOut }: Omit<PaletteProps, "isOpen">) {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const places = usePlaces(text);
  const shown = places.filter((place) => place.title.toLowerCase().includes(text.trim().toLowerCase()));
  const go = (key: string): void => {
    close();
    if (key === "sign-out") return signOut();
    const place = places.find((one) => one.key === key);
    if (place !== undefined) void navigate({ href: place.href });
  };
  const groups = Map.groupBy(shown, ({ group }) => group);
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <TextField className="palette-field" aria-label="Go to" autoFocus>
        <Icon name="search" />
        <Input className="palette-input" placeholder="Page, agent, server, or an id (act_…, apr_…)" />
      </TextField>
      <Menu
        className="menu palette-list"
        aria-label="Places"
        onAction={(key) => go(String(key))}
        renderEmptyState={() => <p className="palette-empty soft">Nothing is called so.</p>}
      >
        {[...groups].map(([group, all]) => (
          <MenuSection key={group} id={group}>
            <Header className="menu-head">{group}</Header>
            {all.map((place) => (
              <PlaceItem key={place.key} place={place} />
            ))}
          </MenuSection>
        ))}
      </Menu>
    </Autocomplete>
  );
}

function PlaceItem({ place }: { readonly place: Place }) {
  return (
    <MenuItem id={place.key} textValue={place.title} className="menu-item">
      <Icon name={place.icon} />
      {place.title}
    </MenuItem>
  );
}
