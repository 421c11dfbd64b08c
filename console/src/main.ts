import { authorizeSection, takeCallback } from "./authorize.ts";
import { keepProof, type Person, Problem, session } from "./client.ts";
import { announce, button, element, quoted } from "./dom.ts";
import { messageOf } from "./form.ts";
import { holdsSection, type Section } from "./holds.ts";
import { comeBack, providerHost } from "./provider.ts";
import { setUpView, signInView, spendLoginLink } from "./sign-in.ts";
import { toolsSection } from "./tools.ts";

const REFRESH_MS = 3_000;

const main = document.querySelector("main") ?? document.body;
const bar = document.querySelector("header");

/** Sign in, then the desk: what waits for this person. */
async function start(): Promise<void> {
  try {
    const linked = await spendLoginLink();
    const { person, problem } = linked === null ? await comeBack() : { person: linked, problem: null };
    await enter(person ?? (await session<Person>("GET", "")), problem);
  } catch (cause) {
    const isExpected = cause instanceof Problem && cause.code === "not_signed_in";
    await showSignIn(isExpected ? null : cause);
  }
}

/** `problem`: why a proof of presence failed, for who comes back from one. */
async function enter(person: Person, problem: unknown = null): Promise<void> {
  if (person.provider === null && !person.hasPassword && person.passkeys === 0) {
    show(setUpView(person, () => void start()));
    return;
  }
  showPerson(person);
  const sections = [holdsSection(person), toolsSection(person)];
  const said = problem === null ? [] : [element("p", { class: "notice", role: "alert" }, messageOf(problem))];
  const title = element("h1", { class: "unseen" }, "Approvals");
  const authorization = authorizeSection(person);
  const first = authorization === null ? said : [...said, authorization];
  show(title, ...first, ...sections.map(({ node }) => node));
  await keepFresh(sections);
}

/** Refreshes while the page is looked at; a failure is said once and tried again. */
async function keepFresh(sections: readonly Section[]): Promise<void> {
  const trouble = element("p", { class: "notice", role: "alert", hidden: true });
  main.prepend(trouble);
  for (;;) {
    try {
      for (const { refresh } of sections) await refresh();
      trouble.hidden = true;
    } catch (cause) {
      if (cause instanceof Problem && cause.code === "not_signed_in") return showSignIn(cause);
      trouble.replaceChildren(messageOf(cause));
      trouble.hidden = false;
    }
    await pause();
  }
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  if (document.visibilityState === "visible") return;
  await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

async function showSignIn(problem: unknown): Promise<void> {
  keepProof(null);
  bar?.querySelector(".person")?.remove();
  const host = await providerHost().catch(() => null);
  show(signInView(problem, host, (person) => void enter(person)));
}

async function leave(): Promise<void> {
  await session("POST", "/end").catch(() => null);
  keepProof(null);
  location.reload();
}

function showPerson(person: Person): void {
  bar?.querySelector(".person")?.remove();
  bar?.append(
    element(
      "div",
      { class: "person" },
      quoted(person.name),
      button("Sign out", "quiet", () => void leave()),
    ),
  );
}

function show(...nodes: readonly Node[]): void {
  main.replaceChildren(...nodes);
  announce(main.querySelector("h1")?.textContent ?? "");
}

takeCallback();
await start();
