import { Problem, session } from "./client.ts";
import { button, element, quoted } from "./dom.ts";
import { accountField, buttonThatMayFail, formOf, passwordField } from "./form.ts";
import { canUsePasskeys, confirmWithPasskey } from "./passkey.ts";
import type { Person } from "./client.ts";
import { leavingNote, providerButton } from "./provider.ts";

/**
 * Does `act`, and where Doorward asks for presence first, asks the person for passkey or password and does it then.
 * `what` says what they confirm. Answers false when they cancel.
 */
export async function withPresence(
  person: Person,
  what: string,
  act: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== "presence_required") throw cause;
  }
  if (!(await askPresence(person, what))) return false;
  await act();
  return true;
}

function askPresence(person: Person, what: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "presence-title" });
  const finish = (isConfirmed: boolean): void => {
    dialog.close();
    dialog.remove();
    resolve(isConfirmed);
  };
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    finish(false);
  });
  dialog.append(
    element("h2", { id: "presence-title" }, "Confirm it is you"),
    element("p", {}, "You are about to ", quoted(what), "."),
    ...ways(person, () => finish(true)),
    element(
      "div",
      { class: "row end" },
      button("Cancel", "quiet", () => finish(false)),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}

function ways(person: Person, done: () => void): HTMLElement[] {
  const found: HTMLElement[] = [];
  if (person.provider !== null) found.push(providerButton(person.provider, "presence"), leavingNote());
  if (person.passkeys > 0 && canUsePasskeys()) found.push(passkeyWay(done));
  if (person.hasPassword) {
    const field = passwordField("Password", "current-password");
    const form = formOf("Confirm", [field], async () => {
      await session("POST", "/presence", { password: field.input.value });
      done();
    });
    form.prepend(accountField(person.name));
    found.push(form);
  }
  return found;
}

function passkeyWay(done: () => void): HTMLElement {
  return buttonThatMayFail("Use a passkey", "primary", async () => {
    await confirmWithPasskey();
    done();
  });
}
