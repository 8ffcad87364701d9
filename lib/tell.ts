/**
 * Says something to a logger. One that throws must not take down what had something to say; there is nobody to tell it to.
 */
export function tell(log: (text: string) => void, text: string): void {
  try {
    log(text);
  } catch {}
}
