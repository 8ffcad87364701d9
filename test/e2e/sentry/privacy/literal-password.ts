/** Fails beside a password that stands in the source code. */
export function failBesideLiteral(): never {
  const password = 'literal-in-the-source';
  throw new Error(`refused after ${password.length} characters`);
}
