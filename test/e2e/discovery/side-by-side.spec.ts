import { expect, it } from 'vitest';
import { applicationNamed } from '../../fixtures/side-by-side.js';
import { answers, start } from './start.js';

it('Two applications in one process do not see the checks of each other', async () => {
  const { registry: left } = await start(applicationNamed('left'));
  const { registry: right } = await start(applicationNamed('right'));
  left.registerCheck('by-call', () => {});

  expect(await answers(left)).toEqual({
    'shared-class': 'healthy: of left',
    'left-only': 'healthy',
    'shared-value': 'healthy',
    'by-call': 'healthy',
  });
  expect(await answers(right)).toEqual({
    'shared-class': 'healthy: of right',
    'right-only': 'healthy',
    'shared-value': 'healthy',
  });
});
