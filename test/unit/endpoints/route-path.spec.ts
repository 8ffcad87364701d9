import { describe, expect, it } from 'vitest';
import {
  canonicalPath,
  DEFAULT_PATHS,
  isRoutePath,
  pathOfTarget,
} from '../../../lib/endpoints/route-path.js';

describe('the path of a route', () => {
  it.each([
    ...Object.values(DEFAULT_PATHS),
    '/a',
    '/LiveZ',
    '/ops/v1.2/ready_~x-y',
    '/.well-known/health',
    '/...',
    '/a/..b',
    '/0',
    `/${'a'.repeat(199)}`,
  ])('may be %s', (path) => {
    expect(isRoutePath(path)).toBe(true);
  });

  it.each([
    '',
    '/',
    'health',
    'health/live',
    '/health/',
    '//health',
    '/health//live',
    '/./health',
    '/health/..',
    '/..',
    '/health/../live',
    '/health live',
    '/health\n',
    '/health?x',
    '/health#x',
    '/health%20',
    '/:name',
    '/health/*',
    '/health{/live}',
    '/(health)',
    '/gesundheit/ä',
    'http://shop.example.com/health',
    `/${'a'.repeat(200)}`,
  ])('may not be %j', (path) => {
    expect(isRoutePath(path)).toBe(false);
  });

  it('is compared without its case and one slash at its end', () => {
    expect(canonicalPath('/Health/LIVE/')).toBe('/health/live');
    expect(canonicalPath('/health')).toBe('/health');
    expect(canonicalPath('/')).toBe('/');
    expect(canonicalPath('/health//')).toBe('/health/');
  });
});

describe('the path that a request is for', () => {
  it.each([
    ['/health/live', '/health/live'],
    ['/health/live/', '/health/live'],
    ['/health/live?x=/a/', '/health/live'],
    ['/health/live/?', '/health/live'],
    ['/health?a?b', '/health'],
    ['/', '/'],
    ['/?x', '/'],
    ['/HEALTH', '/health'],
    ['/%68ealth', '/health'],
    ['/%48EALTH%2e', '/health.'],
    ['http://shop.example.com/health?x', '/health'],
    ['HTTPS://shop.example.com:8443/health/', '/health'],
    ['http://user:secret@[::1]:80/health', '/health'],
    ['http://shop.example.com', ''],
    ['http://shop.example.com?x=/health', ''],
    ['*', '*'],
    ['//health', '//health'],
    ['/http://shop.example.com/health', '/http://shop.example.com/health'],
  ])('%s is %s', (target, path) => {
    expect(pathOfTarget(target)).toBe(path);
  });

  it.each(['/health%2Flive', '/health%2flive', '/%', '/%E0%A4%A', '/%zz', '/health/%c0%ae'])(
    '%s is none',
    (target) => {
      expect(pathOfTarget(target)).toBeUndefined();
    },
  );

  it.each([
    '/health%00',
    '/health%20',
    '/health%3Fx',
    '/health%23',
    '/%2568ealth',
    '/health/.',
    '/health/live/..',
    '/./health',
    '/health;x=1',
    '/health\\live',
    'health',
    'ftp://shop.example.com/health',
    'shop.example.com:443',
    // Kelvin sign and long s become letters of ASCII elsewhere.
    '/%E2%84%AA',
    '/health/li%C5%BFe',
  ])('%s is not that of any of our routes', (target) => {
    expect(Object.values(DEFAULT_PATHS)).not.toContain(pathOfTarget(target));
  });

  it('is found behind a megabyte of query, and in the longest way to write the longest path', () => {
    expect(pathOfTarget(`/health?${'%'.repeat(1_000_000)}`)).toBe('/health');
    const longest = `/${'a'.repeat(199)}`;
    expect(isRoutePath(longest)).toBe(true);
    expect(pathOfTarget(`/${'%61'.repeat(199)}/`)).toBe(longest);
  });

  it('is not looked for in what is longer than any route', () => {
    expect(pathOfTarget(`/${'a'.repeat(1_000_000)}`)).toBeUndefined();
    expect(pathOfTarget(`/${'%'.repeat(1_000_000)}`)).toBeUndefined();
    expect(pathOfTarget(`http://${'a'.repeat(1_000_000)}/health`)).toBe('/health');
  });

  it('is, for every path that a route may have, that path in any case', () => {
    for (const path of Object.values(DEFAULT_PATHS)) {
      const encoded = path.replaceAll(
        /[a-z]/g,
        (letter) => `%${letter.charCodeAt(0).toString(16)}`,
      );
      expect([pathOfTarget(path.toUpperCase()), pathOfTarget(encoded)]).toEqual([path, path]);
    }
  });
});
