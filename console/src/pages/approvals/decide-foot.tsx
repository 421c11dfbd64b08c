import { useId, useState } from "react";
import { Quoted } from "../../inert/quoted.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import type { Beyond, Decision, Stopping, Wish } from "./decide.ts";
import { GlassForm } from "./glass.tsx";
import { GrantForm } from "./grant-form.tsx";
import type { HeldAction } from "./held-card.tsx";
import type { Reading } from "./reading.ts";
import { StopForm } from "./stop-form.tsx";

export interface DecideFootProps {
  readonly action: HeldAction;
  readonly reading: Reading;
  readonly isBusy: boolean;
  /** How far a yes was asked to reach on the card that led here; null: nothing was said of it. */
  readonly wished?: string | null;
  readonly decide: (answer: Decision, note: string, beyond?: Beyond) => void;
}

/** INVARIANT: its buttons decide the action that stands above them and no other, and say yes only to what was read. */
export function DecideFoot({ action, reading, isBusy, decide, wished = null }: DecideFootProps) {
  const [hint, field] = [useId(), useId()];
  const [note, setNote] = useState("");
  const isOpen = reading.canNow && !isBusy;
  const approve = (wish?: Wish): void => {
    if (reading.canNow) decide("approve", note, wish === undefined ? {} : { wish });
  };
  const breakIt = (reason: string): void => {
    if (reading.canNow) decide("break-glass", reason);
  };
  return (
    <div className="card-foot">
      <label className="card-note" htmlFor={field}>
        <span className="soft">Reason, for the record (kept sealed)</span>
        <input
          id={field}
          className="input"
          value={note}
          maxLength={2000}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <div className="row">
        <Button kind="primary" describedBy={hint} isDisabled={!isOpen} onPress={() => approve()}>
          Approve once
        </Button>
        <Button kind="danger" isDisabled={isBusy} onPress={() => decide("deny", note)}>
          Deny
        </Button>
        {action.youMayStop ? (
          <StopToo
            agent={action.agent}
            isBusy={isBusy}
            stopIt={(stopping) => decide("deny", note, { stopping })}
          />
        ) : null}
        <Further action={action} isOpen={isOpen} approve={approve} breakIt={breakIt} wished={wished} />
        <p className="soft small" id={hint}>
          <ReadingHint reading={reading} />
        </p>
      </div>
    </div>
  );
}

/** A no needs nothing read, and neither does an end to whoever asks; it takes a second press, and a reason. */
function StopToo(props: {
  readonly agent: string;
  readonly isBusy: boolean;
  readonly stopIt: (stopping: Stopping) => void;
}) {
  const [isShown, show] = useState(false);
  return (
    <>
      <Button kind="danger" isDisabled={props.isBusy} onPress={() => show(true)}>
        Deny and stop…
      </Button>
      <Dialog title="Deny and stop" isOpen={isShown} close={() => show(false)}>
        <StopForm
          agent={props.agent}
          stopIt={(stopping) => {
            show(false);
            props.stopIt(stopping);
          }}
        />
      </Dialog>
    </>
  );
}

/** Where rules allow it: a yes for more than this call, and none where nobody can be waited for. */
function Further(props: {
  readonly action: HeldAction;
  readonly isOpen: boolean;
  readonly approve: (wish: Wish) => void;
  readonly breakIt: (reason: string) => void;
  readonly wished: string | null;
}) {
  const { action, isOpen } = props;
  const [shown, show] = useState<"grant" | "glass" | null>(null);
  const close = (): void => show(null);
  return (
    <>
      {action.mayGrant === null ? null : (
        <Button isDisabled={!isOpen} onPress={() => show("grant")}>
          Approve more like it…
        </Button>
      )}
      {action.youMayBreakGlass ? (
        <Button kind="danger" isDisabled={!isOpen} onPress={() => show("glass")}>
          Break the glass…
        </Button>
      ) : null}
      <Dialog title="Approve more like it" isOpen={shown === "grant"} close={close}>
        {action.mayGrant === null ? null : (
          <GrantForm
            tool={`${action.server}/${action.target}`}
            terms={action.mayGrant}
            wished={props.wished}
            give={(wish) => {
              close();
              props.approve(wish);
            }}
          />
        )}
      </Dialog>
      <Dialog title="Break the glass" isOpen={shown === "glass"} close={close}>
        <GlassForm
          breakIt={(reason) => {
            close();
            props.breakIt(reason);
          }}
        />
      </Dialog>
    </>
  );
}

/** Why a yes is not open yet, or never; nothing where it is. */
export function ReadingHint({ reading: { canEver, unread, isUnbound } }: { readonly reading: Reading }) {
  if (isUnbound) return "Nobody can approve it as it is.";
  if (!canEver) return "Cannot be approved here.";
  if (unread === null) return null;
  return (
    <>
      Read <Quoted text={unread} /> to its end to approve.
    </>
  );
}
