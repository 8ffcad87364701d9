import { Test } from '@nestjs/testing';
import { RecordingSentryService, SentryService, type CapturedEvent } from 'nestjs-observability';
import { assertType, expectTypeOf, it } from 'vitest';

declare const recording: RecordingSentryService;

it('It stands where a SentryService is wanted, and needs nothing to be made', () => {
  assertType<SentryService>(recording);
  expectTypeOf(RecordingSentryService).toBeConstructibleWith();
  // @ts-expect-error -- there is nothing to set
  assertType(new RecordingSentryService({}));
  assertType(
    Test.createTestingModule({}).overrideProvider(SentryService).useClass(RecordingSentryService),
  );
});

it('What was captured can be read, and not changed', () => {
  expectTypeOf(recording.captured).toEqualTypeOf<readonly CapturedEvent[]>();
  expectTypeOf<CapturedEvent['type']>().toEqualTypeOf<'error' | 'message'>();
  expectTypeOf<CapturedEvent['error']>().toBeUnknown();
  expectTypeOf<CapturedEvent['eventId']>().toBeString();
  expectTypeOf(recording.clear()).toBeVoid();
  // @ts-expect-error -- read only
  recording.captured = [];
  // @ts-expect-error -- read only
  recording.captured.push({});
  // @ts-expect-error -- read only
  assertType(recording.captured.map((event) => (event.message = 'other')));
});
