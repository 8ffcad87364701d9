import { Controller, Get, Version, VersioningType, type INestApplication } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { counts, measured } from './reading.js';

@Controller({ path: 'users', version: '1' })
class UsersController {
  @Get(':id')
  one(): string {
    return 'one';
  }

  @Get(':id')
  @Version('2')
  two(): string {
    return 'two';
  }

  @Get('files/*')
  files(): string {
    return 'files';
  }
}

function prepare(app: INestApplication): void {
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI });
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('prefix and version are part of the pattern', async () => {
    const { get } = await boot(measured([UsersController]), platform, prepare);
    await get('/api/v1/users/1');
    await get('/api/v2/users/2');
    expect(await counts(get)).toEqual({
      'GET /api/v1/users/:id 200': 1,
      'GET /api/v2/users/:id 200': 1,
    });
  });

  it('what is under the prefix and matches nothing is unmatched, as elsewhere', async () => {
    const { get } = await boot(measured([UsersController]), platform, prepare);
    await get('/api/nowhere');
    await get('/api/v3/users/1');
    await get('/users/1');
    await get('/api/v1/users/1', { method: 'POST' });
    expect(await counts(get)).toEqual({ 'GET unmatched 404': 3, 'POST unmatched 404': 1 });
  });

  it('a wildcard stays one', async () => {
    const { get } = await boot(measured([UsersController]), platform, prepare);
    await get('/api/v1/users/files/a/b');
    await get('/api/v1/users/files/c');
    const samples = await counts(get);
    expect(Object.values(samples)).toEqual([2]);
    expect(Object.keys(samples)[0]).toMatch(/^GET \/api\/v1\/users\/files\/\{?\*\w*\}? 200$/);
  });

  it('versions by a header have one pattern', async () => {
    const { get } = await boot(measured([UsersController]), platform, (app) => {
      app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
    });
    for (const version of ['1', '2']) {
      await get('/users/1', { headers: { 'X-Version': version } });
    }
    expect(await counts(get)).toEqual({ 'GET /users/:id 200': 2 });
  });
});
