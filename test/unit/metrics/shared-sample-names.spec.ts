import promClient from 'prom-client';
import { expect, it } from 'vitest';
import { parseExposition } from '../../support/exposition-parser.js';
import { registryOn } from './registry-on.js';
import { watchLog } from './watched-log.js';

const log = watchLog();

it('A metric in the default registry whose samples would be called as those of ours is left out, with one warning', async () => {
  const metrics = registryOn();
  metrics.histogram('a', 'Ours', [], [1]).observe(1);
  new promClient.Counter({ name: 'a_count', help: 'Theirs' }).inc(7);

  await metrics.expose();
  const families = parseExposition(await metrics.expose(), 'prometheus');

  expect([...families.keys()]).toEqual(['a']);
  expect(log.lines.filter(({ message }) => message.includes('a_count'))).toHaveLength(1);
});
