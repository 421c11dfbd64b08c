import { Quoted } from "../../inert/quoted.tsx";
import { Notice } from "../../ui/notice.tsx";
import { webAddress } from "./web-address.ts";

/** Where a person lets Doorward in, if the server waits for that. The address comes from outside and is shown whole. */
export function Access({ url }: { readonly url: string | null }) {
  if (url === null) return null;
  const address = webAddress(url);
  return (
    <Notice tone="wait">
      <p>
        <strong>It waits for a person to let Doorward in.</strong> Agree at its authorization server; you come
        back here, and Doorward looks at what the server offers.
      </p>
      {address === null ? (
        <p>Its address is none that a browser may open:</p>
      ) : (
        <p>
          <a href={address.href} rel="noreferrer">
            Let Doorward in at <Quoted text={address.host} />
          </a>
        </p>
      )}
      <p className="small">
        <Quoted text={url} />
      </p>
    </Notice>
  );
}
