import { describe, expect, it } from 'vitest';
import { runProgram } from './program.js';

describe.each(['labels', 'child', 'observed'])(
  'labels that are parts of large texts, by %s',
  (how) => {
    it.each([
      ['one byte a character', 'x'],
      ['two bytes a character', '字'],
    ])('hold on to none of them, at %s', async (_width, sign) => {
      const { code, said, complained } = await runProgram('labels-from-large-texts.mjs', [
        how,
        sign,
      ]);

      expect({ code, complained }).toEqual({ code: 0, complained: '' });
      const { more, of } = JSON.parse(said) as { more: number; of: number };
      expect(more, said).toBeLessThan(of / 10);
    });
  },
);
