/** A piece of HTML that can be trusted: it was written in the source, and all else in it is escaped. */
export class Markup {
  readonly #html: string;

  /** Only `markup` makes one, and it takes a template; a text that is already there cannot become markup. */
  constructor(template: TemplateStringsArray, pieces: readonly Piece[]) {
    this.#html = template.reduce(
      (html, source, index) => html + htmlOf(pieces[index - 1] ?? '') + source,
    );
  }

  toString(): string {
    return this.#html;
  }
}

/** What may stand in a template: text, which is escaped, markup, and lists of them. */
export type Piece = string | number | Markup | readonly Piece[];

/** Makes HTML of a template. Attributes in it must be quoted. */
export function markup(template: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(template, pieces);
}

/** Stands where there is nothing to say. */
export const NOTHING: Markup = markup``;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function htmlOf(piece: Piece): string {
  if (piece instanceof Markup || typeof piece === 'number') return String(piece);
  if (typeof piece === 'object') return piece.map(htmlOf).join('');
  return escape(piece);
}

/** What HTML or UTF-8 cannot carry is shown as the sign for that, lest each reader drop it in a way of its own. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '')
    .replaceAll(/(?![\t\n])[\p{Cc}\p{Cs}]/gu, '\uFFFD');
}
