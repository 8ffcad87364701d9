import { Controller, Get } from '@nestjs/common';
import express from 'express';
import { expect, it } from 'vitest';
import { boot } from '../../support/boot.js';
import { counts, measured } from './reading.js';

@Controller('users')
class UsersController {
  @Get(':id')
  one(): string {
    return 'one';
  }
}

function orders(): express.Router {
  const router = express.Router();
  router.get('/orders/:id', (_request, response) => void response.send('order'));
  router.get('/lines', (_request, _response, next) => next());
  return router;
}

it('What a router is mounted on is no label, as it may be anything', async () => {
  const { get } = await boot(measured([UsersController]), 'express', (app) => {
    app.use('/mnt/:tenant', orders());
    app.use('/sub/:tenant', express().use('/deeper/:tenant', orders()));
  });
  for (const tenant of ['acme', 'globex', 'initech']) {
    await get(`/mnt/${tenant}/orders/1`);
    await get(`/sub/${tenant}/deeper/${tenant}/orders/1`);
    await get(`/mnt/${tenant}/nowhere`);
  }
  await get('/users/1');
  expect(await counts(get)).toEqual({
    'GET */orders/:id 200': 6,
    'GET unmatched 404': 3,
    'GET /users/:id 200': 1,
  });
});

it('A router on the root has its patterns as they are', async () => {
  const { get } = await boot(measured([UsersController]), 'express', (app) => {
    app.use(orders());
  });
  await get('/orders/1');
  expect(await counts(get)).toEqual({ 'GET /orders/:id 200': 1 });
});
