/** What a DSN looks like, for error messages. */
export const DSN_RULE = 'a DSN such as https://<public key>@<host>/<project id>';

/** The SDK's own pattern, which looks at the text as it is, while `URL` trims it and mends it. */
const DSN = /^https?:\/\/\w+(?::\w*)?@(?:\[[:.%\w]+\]|[\w.-]+)(?::\d+)?\/(?:[^\s?#]*\/)?\d+$/;

/**
 * Says whether a text is a DSN that the Sentry SDK takes. Asked before the SDK sees it, because the SDK prints a
 * malformed one whole.
 */
export function isDsn(text: string): boolean {
  return text.length <= 500 && DSN.test(text) && URL.canParse(text);
}
