/** What a DSN looks like, for error messages. */
export const DSN_RULE = 'a DSN such as https://<public key>@<host>/<project id>';

/**
 * Says whether a text is a DSN that the Sentry SDK takes. Asked before the SDK sees it, because the SDK prints a
 * malformed one whole.
 */
export function isDsn(text: string): boolean {
  if (text.length > 500 || !URL.canParse(text)) return false;
  const { protocol, username, hostname, pathname } = new URL(text);
  return (
    (protocol === 'https:' || protocol === 'http:') &&
    /^\w+$/.test(username) &&
    hostname !== '' &&
    /\/\d+$/.test(pathname)
  );
}
