/**
 * What fields of records are commonly called, in the lower-case words of their names. Read from the schemas of widely
 * used APIs (mail, calendars, drives, trackers, banks, chat); a manifest need not name fields.
 */
export const ID_FIELDS: ReadonlySet<string> = new Set([
  "id",
  "ids",
  "uuid",
  "guid",
  "key",
  "number",
  "iid",
  "sha",
  "ref",
  "path",
  "slug",
]);

export const TITLE_FIELDS: ReadonlySet<string> = new Set([
  "title",
  "subject",
  "filename",
  "summary",
  "topic",
  "label",
  "headline",
]);

/** What somebody or something is called: people choose their own, so it tells of whom only where the source is trusted. */
export const NAME_FIELDS: ReadonlySet<string> = new Set([
  "name",
  "displayname",
  "fullname",
  "realname",
  "username",
  "nickname",
  "fromname",
  "sendername",
]);

/** Who made it, as the platform says. */
export const AUTHOR_FIELDS: ReadonlySet<string> = new Set([
  "sender",
  "from",
  "owner",
  "author",
  "creator",
  "organizer",
  "organiser",
  "createdby",
  "user",
  "login",
  "reporter",
  "uploader",
  "committer",
]);

/** Who else can see it. */
export const AUDIENCE_FIELDS: ReadonlySet<string> = new Set([
  "recipients",
  "recipient",
  "to",
  "cc",
  "bcc",
  "participants",
  "participant",
  "attendees",
  "attendee",
  "guests",
  "invitees",
  "sharedwith",
  "members",
  "collaborators",
  "assignees",
  "assignee",
  "reviewers",
  "readers",
  "viewers",
  "editors",
  "subscribers",
  "followers",
  "permissions",
]);

/** Where somebody or something is reached. */
export const ADDRESS_FIELDS: ReadonlySet<string> = new Set([
  "email",
  "emails",
  "mail",
  "address",
  "emailaddress",
  "phone",
  "phonenumber",
  "mobile",
  "handle",
  "iban",
  "account",
  "accountnumber",
  "channel",
  "url",
  "link",
  "website",
  "homepage",
]);

export const AMOUNT_FIELDS: ReadonlySet<string> = new Set([
  "amount",
  "total",
  "price",
  "balance",
  "cost",
  "fee",
  "sum",
  "due",
  "rent",
  "salary",
  "payment",
]);
