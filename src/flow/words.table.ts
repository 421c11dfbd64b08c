/** Words that hold sentences together. */
export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  (
    "a about after an and any are as at be before between by can could do does every for from had has have he her his how i if in into is it its me my no not " +
    "of on or our please she should so some than that the their them then there these they this those to up us was we were what " +
    "when where which who whom whose why will with would you your re fw fwd der die das ein eine und von zu mit le la les un une " +
    "des et de du el los las una y il lo e di"
  ).split(" "),
);

/** Words for things that everybody has many of: none of them tells one apart. */
export const GENERIC_WORDS: ReadonlySet<string> = new Set(
  (
    "new old last latest recent current next first note notes file files email emails mail mails letter letters message messages " +
    "event events meeting meetings calendar appointment today tomorrow document documents user users account accounts list lists " +
    "info information page pages text texts chat room channel task tasks item items thing things link website article data table " +
    "sheet folder folders order orders payment payments transaction transactions bill invoice attachment inbox draft contact " +
    "contacts person people name names address phone number id subject title content report request reply"
  ).split(" "),
);

/** A value that selects in bulk is never grounded, whoever said it. */
export const BULK: ReadonlySet<string> = new Set([
  "*",
  "%",
  ".*",
  "**",
  "all",
  "any",
  "every",
  "everyone",
  "everybody",
  "anyone",
  "public",
  "world",
  "here",
  "channel",
]);

/**
 * The words that people ask for deeds with. A deed counts as asked for when the user's words hold one of the words of its
 * group, in any of these languages; where none matches, the effect waits for a person.
 */
export const DEED_WORDS: Readonly<Record<string, readonly string[]>> = {
  destroy: (
    "delete deletes deleting deleted remove removes removing erase trash discard destroy drop purge wipe clear cancel cancels " +
    "cancelling canceling revoke unsubscribe archive uninstall prune " +
    "lösche löschen lösch entferne entfernen storniere stornieren absagen supprime supprimer efface effacer annule annuler " +
    "elimina eliminar borra borrar cancela cancelar cancella cancellare rimuovi apague excluir"
  ).split(" "),
  send: (
    "send sends sending email emails mail mails message messages forward reply respond answer share shares sharing invite " +
    "invites inviting post posts posting publish tell notify write contact comment tweet announce submit upload add include " +
    "sende senden schicke schicken maile antworte teile teilen lade einladen envoie envoyer partage partager invite inviter " +
    "envía enviar manda mandar comparte compartir invita invitar invia inviare condividi"
  ).split(" "),
  money: (
    "pay pays paying payment payments bill send transfer refund reimburse wire transaction transactions schedule order " +
    "orders subscription buy purchase donate " +
    "zahle zahlen bezahle überweise überweisen erstatte paie payer virement rembourse paga pagar transfiere transferir " +
    "reembolsa bonifico"
  ).split(" "),
};
