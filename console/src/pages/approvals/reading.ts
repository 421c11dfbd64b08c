/** How far an action has been read, and with that whether a yes to it is open (T19). */
export interface Reading {
  /** Every argument is on the page whole, and none names what can change after a yes. */
  readonly canEver: boolean;
  /** And each has been brought into view to its end. */
  readonly canNow: boolean;
  /** The first that was not; null: none is left. */
  readonly unread: string | null;
  readonly isUnbound: boolean;
}
