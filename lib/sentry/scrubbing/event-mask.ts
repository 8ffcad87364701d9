import { REDACTED } from '../../redaction.js';
import type { KnownSecrets } from './known-secrets.js';
import { MaskedCopy } from './masked-copy.js';

const MAX_EXCEPTIONS = 50;
const MAX_FRAMES = 100;
const MAX_BREADCRUMBS = 200;
const MAX_SPANS = 1_000;
const MAX_PARAMETERS = 100;

/** What Sentry needs as it is, and what no request or error has a part in. */
const AS_IT_IS =
  /^(?:type|event_id|timestamp|start_timestamp|level|platform|release|dist|environment|server_name|sdk|modules|debug_meta|measurements|transaction_info|sdkProcessingMetadata)$/;

/** Attributes of logs that hold what the message was made with. */
const OF_PARAMETER = /^sentry\.message\.parameter\./;

type Fields = Readonly<Record<string, unknown>>;

/** Masks the secrets in what one client of the Sentry SDK sends. */
export class EventMask {
  readonly #copy: MaskedCopy;

  constructor(secrets: KnownSecrets) {
    this.#copy = new MaskedCopy(secrets);
  }

  /** Masks an event in place; nothing of what it refers to is changed. @throws where it cannot be read. */
  event(event: Record<string, unknown>): void {
    this.#copy.begin();
    for (const key of Object.keys(event)) {
      if (event[key] !== undefined && !AS_IT_IS.test(key))
        event[key] = this.#field(key, event[key]);
    }
  }

  /** Masks a log in place. @throws where it cannot be read. */
  log(log: Record<string, unknown>): void {
    this.fields(log, ['message', 'attributes']);
    const attributes = log['attributes'];
    if (!isRecord(attributes)) return;
    const message = String(log['message']);
    const entries = Object.entries(attributes).map(([key, value]) => [
      key,
      OF_PARAMETER.test(key) && !message.includes(String(value)) ? REDACTED : value,
    ]);
    log['attributes'] = Object.fromEntries(entries);
  }

  /** Masks the named fields of a span or a metric in place. @throws where they cannot be read. */
  fields(item: Record<string, unknown>, names: readonly string[]): void {
    this.#copy.begin();
    for (const name of names) {
      if (item[name] !== undefined) item[name] = this.#copy.value(item[name]);
    }
  }

  #field(key: string, value: unknown): unknown {
    switch (key) {
      case 'exception':
      case 'threads':
        return isRecord(value) ? { ...value, values: this.#exceptions(value['values']) } : {};
      case 'request':
        return this.#request(value);
      case 'contexts':
        return this.#contexts(value);
      case 'breadcrumbs':
        return this.#breadcrumbs(value);
      case 'spans':
        return this.#spans(value);
      case 'logentry':
        return this.#template(value);
      case 'fingerprint':
        return listOf(value, MAX_EXCEPTIONS).map((part) => this.#copy.value(part));
      default:
        return this.#copy.value(value);
    }
  }

  #exceptions(values: unknown): unknown[] {
    const exceptions = listOf(values, MAX_EXCEPTIONS).filter(isRecord);
    return exceptions.map(({ value, stacktrace, ...rest }) => ({
      ...this.#record(rest),
      ...(value !== undefined && { value: this.#copy.value(value) }),
      ...(isRecord(stacktrace) && { stacktrace: this.#stack(stacktrace) }),
    }));
  }

  #stack(stack: Fields): Fields {
    const frames = listOf(stack['frames'], -MAX_FRAMES).filter(isRecord);
    return { ...stack, frames: frames.map((frame) => this.#frame(frame)) };
  }

  /** The lines are searched as one text: what is secret may begin in one and end in another. */
  #frame(frame: Fields): Fields {
    const { pre_context: pre, context_line: line, post_context: post, vars, ...rest } = frame;
    const before = listOf(pre, MAX_FRAMES);
    const after = listOf(post, MAX_FRAMES);
    const lines = line === undefined ? [...before, ...after] : [...before, line, ...after];
    const masked = lines.length === 0 ? [] : this.#lines(lines.map(String));
    return {
      ...rest,
      ...(pre !== undefined && { pre_context: masked.slice(0, before.length) }),
      ...(line !== undefined && { context_line: masked[before.length] }),
      ...(post !== undefined && { post_context: masked.slice(masked.length - after.length) }),
      ...(vars !== undefined && { vars: this.#copy.value(vars) }),
    };
  }

  #lines(lines: readonly string[]): readonly string[] {
    const text = lines.join('\n');
    const masked = this.#copy.text(text);
    return masked === text ? lines : alike(lines, masked.split('\n'));
  }

  /** A parameter is secret where its place in the message tells so. */
  #template(entry: unknown): unknown {
    if (!isRecord(entry) || !Array.isArray(entry['params'])) return this.#copy.value(entry);
    const params = listOf(entry['params'], MAX_PARAMETERS).map(String);
    const told = params.reduce(
      (text, param) => text.replace('%s', () => param),
      String(entry['message']),
    );
    const shown = this.#copy.text(told);
    return {
      ...this.#record({ ...entry, params: undefined }),
      params: params.map((param) => (shown.includes(param) ? this.#copy.value(param) : REDACTED)),
    };
  }

  #request(request: unknown): unknown {
    if (!isRecord(request)) return this.#copy.value(request);
    const { cookies, ...rest } = request;
    const masked = this.#record(rest);
    return cookies === undefined ? masked : { ...masked, cookies: this.#cookies(cookies) };
  }

  /** Their names may stay: which ones were there is what is asked. */
  #cookies(cookies: unknown): unknown {
    const named: unknown = this.#copy.value(isRecord(cookies) ? { ...cookies } : REDACTED);
    if (!isRecord(named)) return REDACTED;
    return Object.fromEntries(Object.keys(named).map((name) => [name, REDACTED]));
  }

  #contexts(contexts: unknown): unknown {
    if (!isRecord(contexts)) return this.#copy.value(contexts);
    const { trace, ...rest } = contexts;
    const masked = this.#record(rest);
    return isRecord(trace) ? { ...masked, trace: this.#span(trace) } : masked;
  }

  /** The latest first, so that they are there where not all are. */
  #breadcrumbs(breadcrumbs: unknown): unknown[] {
    const latest = listOf(breadcrumbs, -MAX_BREADCRUMBS).toReversed();
    return listOf(this.#copy.value(latest), MAX_BREADCRUMBS).filter(isRecord).toReversed();
  }

  #spans(spans: unknown): unknown[] {
    const some = listOf(spans, MAX_SPANS).filter(isRecord);
    const said = some.map(({ description, data, links }) => ({ description, data, links }));
    const masked = listOf(this.#copy.value(said), MAX_SPANS);
    return some.map((span, index) => withWhatIsSaid(span, masked[index]));
  }

  #record(record: Fields): Fields {
    const copy = this.#copy.value(record);
    return isRecord(copy) ? copy : {};
  }

  #span(span: Fields): Fields {
    const { description, data, links } = span;
    return withWhatIsSaid(span, this.#copy.value({ description, data, links }));
  }
}

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param most of the items are taken: the first, or the last where it is negative. */
function listOf(value: unknown, most: number): unknown[] {
  if (!Array.isArray(value)) return [];
  return (most < 0 ? value.slice(most) : value.slice(0, most)) as unknown[];
}

/** What a copy of its description and data says is all that is left of them. */
function withWhatIsSaid(span: Fields, said: unknown): Fields {
  const { description: _, data: __, links: ___, ...rest } = span;
  return isRecord(said) ? { ...rest, ...said } : rest;
}

/** As many lines as there were: where a secret took several, all from the first to the last that differ are masked. */
function alike(lines: readonly string[], masked: readonly string[]): readonly string[] {
  if (masked.length === lines.length) return masked;
  const differs = (line: string, index: number): boolean => line !== masked[index];
  const first = lines.findIndex(differs);
  const shift = masked.length - lines.length;
  const last = lines.findLastIndex((line, index) => line !== masked[index + shift]);
  return lines.map((line, index) => (index < first || index > last ? line : REDACTED));
}
