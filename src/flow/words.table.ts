/** Words that name nothing by themselves, and those that select everything. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a an and are as at be by can could do does for from had has have he her his how i if in into is it its me my no not of on " +
    "or our please she should so than that the their them then there these they this those to up us was we were what when " +
    "where which who whom whose why will with would you your re fw fwd new note notes file files email emails mail message " +
    "messages event events meeting calendar today tomorrow document user users account list info information"
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
    "pay pays paying payment payments bill rent send transfer refund reimburse wire transaction transactions schedule order " +
    "orders subscription buy purchase donate " +
    "zahle zahlen bezahle überweise überweisen erstatte paie payer virement rembourse paga pagar transfiere transferir " +
    "reembolsa bonifico"
  ).split(" "),
};
