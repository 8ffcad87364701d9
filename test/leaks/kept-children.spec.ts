import { describe, expect, it } from 'vitest';
import { runProgram } from './program.js';

describe.each(['counter', 'histogram'])('the children of a %s that somebody keeps', (type) => {
  it.each([
    ['a reset', 'reset'],
    ['a removal of theirs and a reset', 'remove'],
  ])('hold on to no other series after %s, and record again', async (_title, ending) => {
    const { code, said, complained } = await runProgram('kept-children.mjs', [type, ending]);

    expect({ code, complained }).toEqual({ code: 0, complained: '' });
    const { more, of } = JSON.parse(said) as { more: number; of: number };
    // Of all series of all generations.
    expect(of, said).toBeGreaterThan(10_000_000);
    expect(more, said).toBeLessThan(of / 10);
  });
});
