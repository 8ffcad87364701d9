import assert from 'node:assert/strict';
import { inspect, isDeepStrictEqual } from 'node:util';
import {
  HealthRegistry,
  HealthStatus,
  type HealthCheckContext,
  type HealthCheckFunction,
  type HealthCheckHistory,
  type HealthCheckReturn,
  type HealthCheckOptions,
  type HealthCheckResult,
  type HealthTransition,
  type IndicatorResult,
} from 'nestjs-observability';
import { FakeClock, settle } from '../support/fake-clock.js';
import { CheckModel, overall, withDefaults, type ModelRun } from './check-model.js';

const { HEALTHY, DEGRADED, UNHEALTHY } = HealthStatus;

/** What a check may come back with, and what that must count as. */
export const ANSWERS = {
  nothing: { value: undefined, raw: HEALTHY },
  healthy: { value: HEALTHY, raw: HEALTHY },
  up: { value: { db: { status: 'up' } }, raw: HEALTHY },
  degraded: { value: DEGRADED, raw: DEGRADED },
  limping: { value: { status: DEGRADED, message: 'slow', details: { ms: 7 } }, raw: DEGRADED },
  unhealthy: { value: UNHEALTHY, raw: UNHEALTHY },
  down: { value: { db: { status: 'down', message: 'gone' } }, raw: UNHEALTHY },
  null: { value: null, raw: UNHEALTHY },
  word: { value: 'ok', raw: UNHEALTHY },
  list: { value: ['healthy'], raw: UNHEALTHY },
  failure: { thrown: new Error('refused'), raw: UNHEALTHY },
  rejectedWithNothing: { thrown: undefined, raw: UNHEALTHY },
} as const;

export type Answer = keyof typeof ANSWERS;

export type Asking = 'run' | 'readiness' | 'liveness' | 'one' | 'indicator';

/** One thing that happens to a registry. `check` is a name; `nth` picks one of those that there are. */
export type Step =
  | { do: 'register'; check: string; gated: boolean; options: HealthCheckOptions }
  | { do: 'unregister'; check: string }
  | { do: 'ask'; how: Asking; check: string; times: number }
  | { do: 'ask, holding the loop'; check: string; ms: number }
  | { do: 'ask and unregister at once'; check: string }
  | { do: 'settle'; nth: number; answer: Answer }
  | { do: 'play'; check: string; answers: readonly Answer[] }
  | { do: 'report' }
  | { do: 'advance'; ms: number }
  | { do: 'hold'; ms: number }
  | { do: 'jump'; ms: number }
  | { do: 'listen'; and: 'return' | 'throw' | 'reject' }
  | { do: 'stop listening'; nth: number }
  | { do: 'start' | 'close' | 'abort' };

export interface Settings {
  readonly timeoutMs?: number;
  readonly cacheMs?: number;
}

/** A call of a check that has not come back. */
interface Gate {
  readonly check: PlayedCheck;
  readonly open: (answer: Answer) => void;
  abortedMs: number | undefined;
}

interface PlayedCheck {
  readonly name: string;
  readonly model: CheckModel;
  readonly gated: boolean;
  next: Answer;
  calls: number;
  holdsMs: number;
  gate: Gate | undefined;
}

interface Question {
  readonly how: Asking;
  readonly askedMs: number;
  readonly heldBeforeMs: number;
  readonly parts: readonly { check: PlayedCheck; told: HealthStatus | ModelRun }[];
  got: { readonly value: unknown; readonly atMs: number } | undefined;
}

interface Listener {
  readonly remove: () => void;
  readonly told: unknown[];
  readonly expected: unknown[];
}

/** Plays steps against a registry and, beside it, against the model, and compares the two after each. */
export class RegistryPlay {
  readonly #clock = new FakeClock();
  readonly #registry: HealthRegistry;
  readonly #checks = new Map<string, PlayedCheck>();
  /** Also those of checks that were removed. */
  readonly #gates: Gate[] = [];
  readonly #listeners: Listener[] = [];
  #questions: Question[] = [];
  #phase: 'open' | 'listening' | 'closing' = 'open';
  /** What was seen where an error would reach nobody. */
  readonly #faults: string[] = [];
  #heldMs = 0;
  #aborted = false;

  /** @param random is what `Math.random()` gives while this is played. */
  constructor(
    private readonly settings: Settings,
    private readonly random: number,
  ) {
    this.#registry = new HealthRegistry(settings, this.#clock);
  }

  /** @returns after how many steps the two agreed; it throws where they do not. */
  async play(steps: readonly Step[]): Promise<number> {
    let agreed = 0;
    for (const step of steps) {
      await this.#do(step);
      await this.#compare();
      agreed += 1;
    }
    await this.#end();
    return agreed;
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case 'register':
        return this.#register(step);
      case 'unregister':
        return this.#unregister(step.check, true);
      case 'ask':
        for (let time = 0; time < step.times; time += 1) this.#ask(step.how, step.check);
        return undefined;
      case 'ask, holding the loop':
        return this.#askHolding(step.check, step.ms);
      case 'ask and unregister at once': {
        const running = this.#checks.get(step.check)?.model.run !== undefined;
        this.#ask('one', step.check);
        return this.#unregister(step.check, running);
      }
      case 'settle':
        return this.#settle(this.#gates[step.nth % this.#gates.length], step.answer);
      case 'play':
        return this.#playOne(step.check, step.answers);
      case 'report':
        return this.#report();
      case 'advance':
        return this.#advance(step.ms);
      case 'hold':
        return this.#hold(step.ms);
      case 'jump':
        return this.#clock.jump(step.ms);
      case 'listen':
        return this.#listen(step.and);
      case 'stop listening':
        return this.#listeners.splice(step.nth % this.#listeners.length, 1)[0]?.remove();
      case 'start':
        return this.#start();
      case 'close':
        return this.#close();
      case 'abort':
        this.#close();
        this.#aborted = true;
        this.#registry.abortRuns();
        return this.#checks.forEach(({ model }) => model.stop(true));
    }
  }

  #register({ check: name, gated, options }: Step & { do: 'register' }): void {
    const register = (): unknown =>
      name.startsWith('module:')
        ? this.#registry.add(name, (context) => this.#call(check, context), options, 'a module')
        : this.#registry.registerCheck(name, (context) => this.#call(check, context), options);
    const model = new CheckModel(
      withDefaults(options, this.settings),
      this.random,
      ({ from, to }) => {
        if (this.#phase === 'closing') return;
        for (const { expected } of this.#listeners) expected.push({ name, from, to });
      },
    );
    const check: PlayedCheck = {
      name,
      gated,
      model,
      next: 'nothing',
      calls: 0,
      holdsMs: 0,
      gate: undefined,
    };
    if (this.#checks.has(name)) {
      assert.throws(register, /registered twice/);
      return;
    }
    register();
    this.#checks.set(name, check);
    if (this.#phase === 'listening') model.startBackground(this.#clock.nowMs());
  }

  #unregister(name: string, called: boolean): void {
    const check = this.#checks.get(name);
    expectSame(this.#registry.unregister(name), check !== undefined, 'there was a check');
    expectSame(this.#registry.has(name), false, 'a removed check is there');
    check?.model.stop(called);
    this.#checks.delete(name);
  }

  #call(check: PlayedCheck, { signal }: HealthCheckContext): ReturnType<HealthCheckFunction> {
    if (check.gate !== undefined) this.#faults.push(`two runs of ${check.name} at a time`);
    check.calls += 1;
    this.#clock.hold(check.holdsMs);
    if (!check.gated) return answerNow(check.next, check.calls % 2 === 0);
    return new Promise<HealthCheckReturn>((resolve, reject) => {
      const gate: Gate = {
        check,
        abortedMs: undefined,
        open: (answer) => {
          const given = ANSWERS[answer];
          if ('thrown' in given) reject(given.thrown);
          else resolve(given.value as HealthCheckReturn);
        },
      };
      check.gate = gate;
      this.#gates.push(gate);
      signal.addEventListener('abort', () => {
        gate.abortedMs = this.#clock.nowMs();
      });
    });
  }

  #ask(how: Asking, name: string): void {
    const nowMs = this.#clock.nowMs();
    const asked = this.#asked(how, name);
    const question: Question = {
      how,
      askedMs: nowMs,
      heldBeforeMs: this.#heldMs,
      parts: asked.map((check) => ({ check, told: check.model.ask(nowMs) })),
      got: undefined,
    };
    const answer = {
      run: () => this.#registry.run(),
      readiness: () => this.#registry.run('readiness'),
      liveness: () => this.#registry.run('liveness'),
      one: () => this.#registry.runCheck(name),
      indicator: () => this.#registry.asIndicator(),
    }[how]();
    this.#questions.push(question);
    void this.#keepAnswer(question, answer);
  }

  async #keepAnswer(question: Question, answer: Promise<unknown>): Promise<void> {
    const value = await answer.catch((error: unknown) => ({ rejected: error }));
    question.got = { value, atMs: this.#clock.nowMs() };
  }

  #asked(how: Asking, name: string): PlayedCheck[] {
    if (how === 'one') return this.#listed().filter((check) => check.name === name);
    if (how === 'run' || how === 'indicator') return this.#listed();
    return this.#listed().filter(({ model }) => model.options.probes.includes(how));
  }

  /** Once nothing is kept any more, nothing tells who was found to have held the loop. */
  #hold(ms: number): void {
    if (this.#aborted) return;
    this.#clock.hold(ms);
    this.#loopWasHeld(ms);
  }

  /** Only this check is called, so that nobody else's time is measured meanwhile. */
  async #askHolding(name: string, ms: number): Promise<void> {
    const check = this.#checks.get(name);
    const before = check?.model.run;
    this.#ask('one', name);
    if (this.#aborted || check === undefined || check.model.run === before) return;
    check.holdsMs = ms;
    await settle();
    check.holdsMs = 0;
    this.#loopWasHeld(ms, check.model.run);
  }

  #loopWasHeld(ms: number, by?: ModelRun): void {
    this.#heldMs += ms;
    for (const { run } of this.#everyCheck().map(({ model }) => model)) {
      if (run === undefined) continue;
      run.heldMs += ms;
      if (run !== by) run.heldByOthersMs += ms;
    }
  }

  async #settle(gate: Gate | undefined, answer: Answer): Promise<void> {
    if (gate === undefined) return;
    const { check } = gate;
    this.#gates.splice(this.#gates.indexOf(gate), 1);
    check.gate = undefined;
    gate.open(answer);
    await settle();
    this.#cameBack(check, answer);
  }

  #cameBack({ name, model }: PlayedCheck, answer: Answer): void {
    const nowMs = this.#clock.nowMs();
    const { startedMs, heldByOthersMs, state } = model.run!;
    const { timeoutMs } = model.options;
    const { raw } = ANSWERS[answer];
    const spentMs = nowMs - startedMs;
    if (state !== 'open' || spentMs <= timeoutMs) model.settle(nowMs, raw);
    else if (spentMs - heldByOthersMs > timeoutMs) model.settle(nowMs, UNHEALTHY);
    else model.settle(nowMs, lateStatus(this.#registry.history(name)) ?? raw);
  }

  async #playOne(name: string, answers: readonly Answer[]): Promise<void> {
    const check = this.#checks.get(name);
    for (const answer of check === undefined ? [] : answers) {
      check!.next = answer;
      this.#ask('one', name);
      await this.#compare();
      if (check!.gate !== undefined) await this.#settle(check!.gate, answer);
      await this.#compare();
    }
  }

  #report(): void {
    const listed = this.#listed();
    const statuses = listed.map(({ model }) => model.known(this.#clock.nowMs()));
    const report = this.#registry.report();
    expectSame(
      report.checks.map(({ name, status }) => [name, status]),
      listed.map(({ name }, i) => [name, statuses[i]]),
      'a report without running',
    );
    expectSame(
      report.status,
      overall(listed.map((check, i) => weighed(check, statuses[i]!))),
      'the overall status',
    );
    expectSame(report.timestamp, this.#clock.date(), 'the time of the report');
  }

  async #advance(ms: number): Promise<void> {
    const endMs = this.#clock.nowMs() + ms;
    // What is late, because the loop was held, comes first.
    await this.#clock.advance(0);
    this.#timePassed();
    while (this.#clock.nowMs() < endMs) {
      const nowMs = this.#clock.nowMs();
      const next = this.#everyCheck().flatMap(({ model }) => eventsOf(model, nowMs));
      await this.#clock.advance(Math.min(endMs, ...next) - nowMs);
      this.#timePassed();
    }
  }

  #timePassed(): void {
    const nowMs = this.#clock.nowMs();
    for (const { model, gate } of this.#everyCheck()) {
      const { run, options } = model;
      if (run?.state === 'open' && gate !== undefined) {
        const earliestMs = run.startedMs + options.timeoutMs;
        const latestMs = earliestMs + run.heldMs;
        const { abortedMs } = gate;
        if (abortedMs === undefined) {
          assert.ok(nowMs < Math.max(latestMs, earliestMs + 1e-6), 'a deadline is kept');
        } else {
          const early = abortedMs < earliestMs - (run.heldMs > 0 ? 1 : 0);
          assert.ok(!early && abortedMs <= latestMs, 'a deadline is not too early, nor too late');
          model.deadline(abortedMs);
        }
      }
      if (model.dueMs !== undefined && model.dueMs <= nowMs) model.backgroundRun(nowMs);
    }
    this.#answerAtOnce();
  }

  /** Those that wait for nothing have come back by now. */
  #answerAtOnce(): void {
    for (const check of this.#checks.values())
      if (!check.gated && check.model.run !== undefined) this.#cameBack(check, check.next);
  }

  #listen(and: 'return' | 'throw' | 'reject'): void {
    const told: unknown[] = [];
    const remove = this.#registry.onTransition((transition) => {
      const { name, from, to, at, result } = transition satisfies HealthTransition;
      if (!isDeepStrictEqual([result.name, result.status, at], [name, to, this.#clock.date()]))
        this.#faults.push(`a transition of ${name} that is not that of its result`);
      told.push({ name, from, to });
      if (and === 'throw') throw new Error('the listener fails');
      return and === 'reject' ? Promise.reject(new Error('the listener fails')) : undefined;
    });
    this.#listeners.push({ remove, told, expected: [] });
  }

  #start(): void {
    this.#registry.startBackground();
    if (this.#phase !== 'open') return;
    this.#phase = 'listening';
    for (const { model } of this.#checks.values()) model.startBackground(this.#clock.nowMs());
  }

  #close(): void {
    this.#registry.closing();
    this.#phase = 'closing';
    for (const { model } of this.#checks.values()) model.endBackground();
  }

  async #compare(): Promise<void> {
    await settle();
    this.#answerAtOnce();
    expectSame(this.#faults, [], 'faults');
    const names = this.#listed().map(({ name }) => name);
    expectSame(this.#registry.names(), names, 'names');
    for (const { name, calls, model } of this.#everyCheck())
      expectSame(calls, model.calls, `calls of ${name}`);
    for (const check of this.#checks.values()) this.#compareHistory(check);
    for (const { told, expected } of this.#listeners) {
      expectSame(byName(told), byName(expected), 'transitions that a listener was told of');
      expectChained(told);
    }
    for (const question of this.#questions) this.#compareAnswer(question);
    this.#questions = this.#questions.filter(({ got }) => got === undefined);
    this.#compareTimers();
  }

  #compareHistory({ name, model }: PlayedCheck): void {
    const { results, transitions } = this.#registry.history(name);
    const statuses = results.map(({ status }) => status);
    const changes = transitions.map(({ from, to }) => ({ from, to }));
    expectSame(statuses, model.results.slice(-20), `results of ${name}`);
    expectSame(changes, model.changes.slice(-20), `transitions of ${name}`);
    const last = results.at(-1);
    if (last === undefined || model.last === undefined || model.last.stale) return;
    const { raw } = model.last;
    expectSame(last.details['raw_status'], raw === last.status ? undefined : raw, 'raw_status');
  }

  #compareAnswer({ how, askedMs, heldBeforeMs, parts, got }: Question): void {
    const patienceMs = Math.max(0, ...parts.map(({ check }) => check.model.options.timeoutMs));
    const waitedMs = (got?.atMs ?? this.#clock.nowMs()) - askedMs - (this.#heldMs - heldBeforeMs);
    expectSame(waitedMs <= patienceMs + 1e-6, true, 'nobody waits past the deadline');
    const statuses = parts.map(({ told }) => (typeof told === 'string' ? told : told.answer));
    expectSame(got !== undefined, !statuses.includes(undefined), `an answer to "${how}"`);
    if (got === undefined) return;

    if (how === 'one' && parts.length === 0) {
      const { rejected } = got.value as { rejected?: unknown };
      assert.match(String(rejected), /There is no health check/);
      return;
    }
    const known = parts.map(({ check }, i) => weighed(check, statuses[i]!));
    const names = known.map(({ name }) => name);
    if (how === 'indicator') {
      const words = Object.entries(got.value as IndicatorResult).map(([, { status }]) => status);
      expectSame(Object.keys(got.value as IndicatorResult), names, 'names in an indicator');
      expectSame(words, known.map(wordFor), 'words in an indicator');
      return;
    }
    const report = got.value as { status: HealthStatus; checks: HealthCheckResult[] };
    const results = how === 'one' ? [got.value as HealthCheckResult] : report.checks;
    const told = results.map(({ name, status }) => [name, status]);
    const due = known.map(({ name, status }) => [name, status]);
    expectSame(told, due, `the answer to "${how}"`);
    expectSame(results.every(Object.isFrozen), true, 'results are frozen');
    if (how !== 'one') expectSame(report.status, overall(known), 'the overall status');
  }

  /** A timer for each run that has time left, which keeps the process alive; in the background, one for each check. */
  #compareTimers(): void {
    const models = this.#everyCheck().map(({ model }) => model);
    const open = models.filter(({ run }) => run?.state === 'open').length;
    const due = models.filter(({ dueMs }) => dueMs !== undefined).length;
    expectSame(this.#clock.keepingAlive, open, 'timers that keep the process alive');
    expectSame(this.#clock.waiting - open, due + (open > 0 ? 1 : 0), 'other timers');
  }

  /** Whatever has happened, the end leaves nothing behind. */
  async #end(): Promise<void> {
    this.#close();
    while (this.#gates.length > 0) await this.#settle(this.#gates[0], 'nothing');
    await this.#compare();
    expectSame(this.#questions.length, 0, 'questions without an answer');
    expectSame(this.#clock.waiting, 0, 'timers left');
  }

  #everyCheck(): PlayedCheck[] {
    return [...new Set([...this.#checks.values(), ...this.#gates.map(({ check }) => check)])];
  }

  #listed(): PlayedCheck[] {
    const checks = [...this.#checks.values()];
    const isHook = ({ name }: PlayedCheck): boolean => name.startsWith('module:');
    return [...checks.filter((check) => !isHook(check)), ...checks.filter(isHook)];
  }
}

function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  assert.fail(`${what}: ${inspect(actual)}, and the model has ${inspect(expected)}`);
}

function answerNow(answer: Answer, asPromise: boolean): ReturnType<HealthCheckFunction> {
  const given = ANSWERS[answer];
  // oxlint-disable-next-line typescript/only-throw-error -- checks do that too
  if (!('thrown' in given)) {
    const value = given.value as HealthCheckReturn;
    return asPromise ? Promise.resolve(value) : value;
  }
  if (asPromise) return Promise.reject(given.thrown);
  throw given.thrown;
}

/**
 * What a run is taken for during which others may have held the loop: nobody knows whose fault it was, so that it may
 * count as late, and then not as healthy. `undefined`: in time.
 */
function lateStatus({ results }: HealthCheckHistory): HealthStatus | undefined {
  const last = results.at(-1);
  if (last === undefined || !/past its deadline/.test(last.message)) return undefined;
  const status = (last.details['raw_status'] ?? last.status) as HealthStatus;
  return status === HEALTHY ? UNHEALTHY : status;
}

/** When something may happen next. The deadline of a run that others have kept waiting may be at any moment. */
function eventsOf({ dueMs, run, options }: CheckModel, nowMs: number): number[] {
  const deadlineMs =
    run?.state === 'open' ? Math.max(run.startedMs + options.timeoutMs, nowMs + 1) : Infinity;
  return [dueMs ?? Infinity, deadlineMs];
}

interface Weighed {
  readonly name: string;
  readonly status: HealthStatus;
  readonly critical: boolean;
}

function weighed({ name, model }: PlayedCheck, status: HealthStatus): Weighed {
  return { name, status, critical: model.options.critical };
}

function wordFor(one: Weighed): string {
  return { healthy: 'up', degraded: 'degraded', unhealthy: 'down' }[overall([one])];
}

interface Told {
  readonly name: string;
  readonly from: HealthStatus | undefined;
  readonly to: HealthStatus;
}

/** In which order two checks are told of is nobody's business. */
function byName(told: readonly unknown[]): Told[] {
  return (told as Told[]).toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Each begins where the last one ended, or, for a check that was registered anew, with a first result that is bad. */
function expectChained(told: readonly unknown[]): void {
  const reached = new Map<string, HealthStatus>();
  for (const { name, from, to } of told as Told[]) {
    const begins = from === undefined || !reached.has(name) || from === HEALTHY;
    const chained =
      from !== to && (from ?? HEALTHY) !== to && (begins || from === reached.get(name));
    expectSame(chained, true, `${name} goes from ${from} to ${to}`);
    reached.set(name, to);
  }
}
