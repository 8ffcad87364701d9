import { namesSecret, REDACTED } from './redaction.js';
import { showValue } from './show-value.js';

/** What a setting may be. */
export interface Rule<T> {
  /** For the error message: `accepted is …`. */
  readonly accepted: string;
  /** Whether what stands there by mistake may be a secret, so that it is not shown. */
  readonly isSecret?: boolean | undefined;
  /** Reads an option's value or a variable's text; `undefined` when it is not acceptable. */
  read(value: unknown): T | undefined;
}

/** Reads settings from options and environment variables, and gathers everything that is wrong with them. */
export class SettingsReader {
  readonly #problems: string[] = [];

  constructor(private readonly environment: Readonly<Record<string, string | undefined>>) {}

  /** An object of options; `{}` when it is not given. Without a list of known keys, any key is allowed. */
  section(
    name: string,
    value: unknown,
    known?: readonly string[],
    { isSecret }: Pick<Rule<unknown>, 'isSecret'> = {},
  ): Record<string, unknown> {
    if (value === undefined) return {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const accepted = 'an object';
      this.refuse(name === '' ? 'what the options are' : name, value, { accepted, isSecret });
      return {};
    }
    const unknown = known ? Object.keys(value).filter((key) => !known.includes(key)) : [];
    for (const key of unknown) {
      const path = name === '' ? key : `${name}.${key}`;
      this.problem(`${path} is not an option here; known are ${known?.join(', ')}`);
    }
    return value as Record<string, unknown>;
  }

  /** The option if it is given, else the variable if it is set and not empty, else `undefined`. */
  setting<T>(name: string, option: unknown, rule: Rule<T>, variable?: string): T | undefined {
    if (option !== undefined) return this.#read(name, option, rule);
    const text = variable === undefined ? undefined : this.environment[variable]?.trim();
    if (variable === undefined || text === undefined || text === '') return undefined;
    return this.#read(variable, text, rule);
  }

  /** Notes a setting that is not acceptable. */
  refuse(name: string, value: unknown, { accepted, isSecret }: Omit<Rule<unknown>, 'read'>): void {
    const hidden = isSecret === true || (typeof value === 'string' && namesSecret(name));
    const shown = hidden ? showHidden(value) : showValue(value);
    this.problem(`${name} is ${shown}; accepted is ${accepted}`);
  }

  /** Notes anything else that is wrong. */
  problem(text: string): void {
    this.#problems.push(text);
  }

  /** @throws TypeError that lists all that is wrong; returns if nothing is. */
  throwIfBad(): void {
    if (this.#problems.length === 0) return;
    throw new TypeError(`ObservabilityModule cannot start: ${this.#problems.join('. ')}.`);
  }

  #read<T>(name: string, value: unknown, rule: Rule<T>): T | undefined {
    const accepted = rule.read(value);
    if (accepted === undefined) this.refuse(name, value, rule);
    return accepted;
  }
}

/** What may hold a secret anywhere: its kind, and of a text its length. */
function showHidden(value: unknown): string {
  if (typeof value === 'string') return `${REDACTED} (string of ${value.length} characters)`;
  if (Array.isArray(value)) return `${REDACTED} (array)`;
  const mayTell = value !== null && ['object', 'symbol', 'bigint'].includes(typeof value);
  return mayTell ? `${REDACTED} (${typeof value})` : showValue(value);
}
