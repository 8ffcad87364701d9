import { expect, it } from 'vitest';
import { prefersHtml } from '../../../lib/endpoints/accept.js';

it.each([
  'text/html',
  'TEXT/HTML',
  'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
  'application/json;q=0.9, text/html',
  'text/html;level=1;q=0.5,application/json;q=0.4',
  'text/html;q=0.001',
  'text/html;q=1.000,*/*;q=0.999',
  'application/*;q=0.5,text/html;q=0.6',
  ' text/html ; q=0.5 , application/json ; q=0.1 ',
  'text/html,application/json;q=0',
  'text/html,application/json;q=nonsense',
])('“%s” prefers HTML', (accept) => {
  expect(prefersHtml(accept)).toBe(true);
});

it.each([
  undefined,
  '',
  '*/*',
  '*',
  'text/*',
  'application/json',
  'application/json, text/plain, */*',
  'application/json, text/html',
  'text/html, application/json',
  'text/html, */*',
  'text/html;q=0.5, application/*',
  'text/html;q=0.5, */*;q=0.5',
  'text/html;q=0',
  'text/html;q=0.0, */*;q=0',
  'text/html;q=2',
  'text/html;q=1.001',
  'text/html;q=-1',
  'text/html;q=0.0001',
  'text/html;q=',
  'text/html;q=NaN',
  'text/html;q=Infinity',
  'application/json, text/html;q=0.9',
  'application/xhtml+xml',
  'x-text/html',
  'text/html-x',
  'application/pdf',
  ',',
  ';;;,,,q=1',
  'text/html'.replace('/', '/ '),
])('“%s” does not', (accept) => {
  expect(prefersHtml(accept)).toBe(false);
});

it('a header of sixteen kilobytes is read like any other', () => {
  const many = Array.from({ length: 1_000 }, (_, at) => `x/y${at};q=0.5`).join(',');
  expect(prefersHtml(`${many},text/html`)).toBe(true);
  expect(prefersHtml(`${many},text/html;q=0.1,application/json`)).toBe(false);
  expect(prefersHtml(`text/html;${';'.repeat(16_000)}q=0.5`)).toBe(true);
});
