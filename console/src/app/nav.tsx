import "../ui/menu.css";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { Button as Trigger } from "react-aria-components/Button";
import { Menu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Icon } from "../ui/icon.tsx";
import { BAR_PAGES, NAV_PAGES, type NavPage } from "./pages.ts";
import { useWaiting } from "./waiting.ts";

/** Beside the page, on anything wider than a phone. */
export function SideNav() {
  return (
    <nav className="side" aria-label="Main">
      {NAV_PAGES.map((page) => (
        <NavLink key={page.path} page={page} />
      ))}
    </nav>
  );
}

/** Under the thumb, on a phone. */
export function BarNav() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const more = NAV_PAGES.slice(BAR_PAGES);
  const isHere = more.some(({ path }) => pathname === path || pathname.startsWith(`${path}/`));
  return (
    <nav className="foot" aria-label="Main, at the bottom">
      {NAV_PAGES.slice(0, BAR_PAGES).map((page) => (
        <NavLink key={page.path} page={page} />
      ))}
      <MenuTrigger>
        <Trigger className={isHere ? "button is-here" : "button"}>
          <Icon name="more" size={18} />
          More
        </Trigger>
        <Popover className="popover" placement="top end">
          <Menu
            className="menu"
            aria-label="More pages"
            onAction={(key) => {
              const page = more.find(({ path }) => path === key);
              if (page !== undefined) void navigate({ to: page.path });
            }}
          >
            {more.map((page) => (
              <MenuItem key={page.path} id={page.path} textValue={page.title} className="menu-item">
                <Icon name={page.icon} />
                {page.title}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
    </nav>
  );
}

function NavLink({ page }: { readonly page: NavPage }) {
  const waiting = useWaiting(page.path === "/approvals");
  return (
    <Link
      to={page.path}
      className="nav-link"
      activeOptions={{ exact: page.path === "/", includeSearch: false }}
    >
      <Icon name={page.icon} size={18} />
      {page.title}
      {waiting === null ? null : (
        <span className="nav-badge" aria-label={`${waiting} waiting`}>
          {waiting}
        </span>
      )}
    </Link>
  );
}
