import { BadRequestException, HttpException } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { WsException } from '@nestjs/websockets';
import { describe, expect, it } from 'vitest';
import { httpStatusOf, isMessageException } from '../../../lib/sentry/expected-error.js';

class FastifyError extends Error {
  readonly code = 'FST_ERR_CTP_BODY_TOO_LARGE';
  readonly statusCode = 413;
}

class OrderException extends RpcException {}

const throwing = new Proxy(
  {},
  {
    get(): never {
      throw new Error('get');
    },
    getPrototypeOf(): never {
      throw new Error('getPrototypeOf');
    },
  },
);

/** Each prototype of it has another one. */
const endless: object = new Proxy(
  { getError: () => 'endless' },
  { getPrototypeOf: (): object => endless },
);

const revoked = Proxy.revocable({}, {});
revoked.revoke();

const like = (error: Error, fields: object): Error => Object.assign(error, fields);

describe('httpStatusOf()', () => {
  it.each([
    ['an HttpException', new BadRequestException(), 400],
    ['an HttpException with a status of its own', new HttpException('slow', 529), 529],
    ['one of another copy of NestJS', { getStatus: () => 404, getResponse: () => '' }, 404],
    ['an error of Fastify', new FastifyError(), 413],
    [
      "a failed validation of Fastify's",
      like(new Error(), { code: 'FST_ERR_VALIDATION', statusCode: 400 }),
      400,
    ],
    [
      'an error of http-errors',
      like(new Error(), { expose: true, statusCode: 404, status: 404 }),
      404,
    ],
    ['an object with a status and a message', { statusCode: 409, message: 'taken' }, 409],
  ])('is the status of %s', (_, error, status) => {
    expect(httpStatusOf(error)).toBe(status);
  });

  it.each([
    ['an error', new Error('failed')],
    ['an answer of another server', like(new Error(), { status: 404, response: { status: 404 } })],
    ['an error with a status code alone', like(new Error(), { statusCode: 404 })],
    [
      'an error whose two status differ',
      like(new Error(), { expose: true, statusCode: 4, status: 5 }),
    ],
    ['an object with a status that is no error', { statusCode: 302, message: 'moved' }],
    ['an object with a status that is none', { statusCode: 404.5, message: 'odd' }],
    ['an object without a message', { statusCode: 404, message: '' }],
    ['an HttpException without a status', { getStatus: () => 'none', getResponse: () => '' }],
    [
      'an HttpException that throws',
      {
        getStatus(): never {
          throw new Error('getStatus');
        },
        getResponse: () => '',
      },
    ],
    ['a string', 'failed'],
    ['undefined', undefined],
    ['null', null],
    ['a symbol', Symbol('failed')],
    ['a function', () => 404],
    ['a Proxy that throws', throwing],
    ['a revoked Proxy', revoked.proxy],
  ])('is 500 for %s', (_, error) => {
    expect(httpStatusOf(error)).toBe(500);
  });
});

describe('isMessageException()', () => {
  it.each([
    ['an RpcException', new RpcException('no such order')],
    ['a WsException', new WsException({ code: 7 })],
    ['a class of its own', new OrderException('no such order')],
  ])('is true for %s', (_, error) => {
    expect(isMessageException(error)).toBe(true);
  });

  it.each([
    ['an error', new Error('failed')],
    ['what has but the method', { getError: () => 'failed' }],
    ['what has but the name', like(new RpcException(''), { getError: undefined })],
    ['a string', 'RpcException'],
    ['undefined', undefined],
    ['null', null],
    ['an object without a prototype', Object.create(null)],
    ['a Proxy that throws', throwing],
    ['a Proxy without end', endless],
    ['a revoked Proxy', revoked.proxy],
  ])('is false for %s', (_, error) => {
    expect(isMessageException(error)).toBe(false);
  });
});
