import "./dialog.css";
import type { ReactNode } from "react";
import { Dialog as Window, Heading } from "react-aria-components/Dialog";
import { Modal, ModalOverlay } from "react-aria-components/Modal";

/** A window over the page: Escape and a press outside close it, and the focus goes back to where it was. */
export function Dialog(props: {
  readonly title: string;
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly children: ReactNode;
  readonly isTitleUnseen?: boolean;
}) {
  return (
    <ModalOverlay
      className="veil"
      isOpen={props.isOpen}
      isDismissable
      onOpenChange={(isOpen) => {
        if (!isOpen) props.close();
      }}
    >
      <Modal className="window">
        <Window className="window-body">
          <Heading slot="title" className={props.isTitleUnseen === true ? "unseen" : ""}>
            {props.title}
          </Heading>
          {props.children}
        </Window>
      </Modal>
    </ModalOverlay>
  );
}
