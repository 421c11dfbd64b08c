import { Problem } from "./client.ts";
import { button, element } from "./dom.ts";

export interface Field {
  readonly label: HTMLElement;
  readonly input: HTMLInputElement;
}

let fields = 0;

export function textField(name: string, autocomplete: string): Field {
  return field(name, { type: "text", autocomplete, autocapitalize: "none", spellcheck: "false" });
}

export function passwordField(name: string, autocomplete: "current-password" | "new-password"): Field {
  return field(name, { type: "password", autocomplete });
}

/** Names the account to password managers, in forms that ask for the password alone. */
export function accountField(name: string): HTMLInputElement {
  const attributes = {
    type: "text",
    name: "username",
    autocomplete: "username",
    tabindex: "-1",
    "aria-hidden": "true",
  };
  return element("input", { ...attributes, class: "unseen", value: name, readonly: true });
}

/** A form that never navigates: one submit at a time, its problems said in place. */
export function formOf(submit: string, inputs: readonly Field[], act: () => Promise<void>): HTMLFormElement {
  const message = element("p", { class: "problem", role: "alert" });
  const send = element("button", { type: "submit", class: "button primary" }, submit);
  const form = element("form", { class: "stack" }, ...inputs.map(({ label }) => label), message, send);
  const run = async (): Promise<void> => {
    send.disabled = true;
    message.replaceChildren();
    try {
      await act();
    } catch (cause) {
      message.replaceChildren(messageOf(cause));
    } finally {
      send.disabled = false;
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });
  return form;
}

/** A button on its own, with the place where its problems are said. */
export function buttonThatMayFail(
  label: string,
  kind: "primary" | "quiet",
  act: () => Promise<void>,
): HTMLElement {
  const message = element("p", { class: "problem", role: "alert" });
  const run = async (): Promise<void> => {
    message.replaceChildren();
    await act().catch((cause: unknown) => message.replaceChildren(messageOf(cause)));
  };
  return element(
    "div",
    { class: "stack" },
    button(label, kind, () => void run()),
    message,
  );
}

export function messageOf(cause: unknown): string {
  if (cause instanceof Problem) return `${capital(cause.message)}. ${cause.remedy}`;
  if (cause instanceof DOMException)
    return "The passkey was not used: cancelled, timed out or not known here.";
  return cause instanceof Error ? capital(cause.message) : "Something went wrong.";
}

function field(name: string, attributes: { readonly [name: string]: string }): Field {
  fields += 1;
  const input = element("input", { ...attributes, id: `field-${fields}`, required: true, maxlength: "256" });
  const caption = element("label", { for: input.id }, name);
  return { input, label: element("div", { class: "field" }, caption, input) };
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
