/** Something to wait for until a test lets it happen. */
export class Gate<T = void> {
  open: (value: T) => void = () => {};
  fail: (error: unknown) => void = () => {};

  readonly opened: Promise<T> = new Promise((resolve, reject) => {
    this.open = resolve;
    this.fail = reject;
  });
}
