import {
  BadRequestException,
  Catch,
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  Inject,
  Injectable,
  InternalServerErrorException,
  Module,
  NotFoundException,
  ServiceUnavailableException,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type ArgumentsHost,
  type CanActivate,
  type DynamicModule,
  type ExceptionFilter,
  type MiddlewareConsumer,
  type NestInterceptor,
  type NestModule,
  type PipeTransform,
  Param,
} from '@nestjs/common';
import type { Provider } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import {
  ObservabilityModule,
  SentryService,
  type ObservabilityModuleOptions,
} from 'nestjs-observability';
import { from, map, throwError, timer } from 'rxjs';

/** An answer of Express, of Fastify, or of Node.js, which is what middleware of Fastify has. */
interface PlatformReply {
  status?(code: number): { send(body: unknown): unknown };
  statusCode: number;
  end(body: string): void;
}

/** Answers in the application's own way. */
export function answer(host: ArgumentsHost, status: number, body: unknown): void {
  const reply = host.switchToHttp().getResponse<PlatformReply>();
  if (reply.status !== undefined) {
    reply.status(status).send(body);
    return;
  }
  reply.statusCode = status;
  reply.end(JSON.stringify(body));
}

@Injectable()
class FailingGuard implements CanActivate {
  canActivate(): boolean {
    throw new Error('in a guard');
  }
}

@Injectable()
class RefusingGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class FailingPipe implements PipeTransform {
  transform(): unknown {
    throw new Error('in a pipe');
  }
}

@Injectable()
class FailingInterceptor implements NestInterceptor {
  intercept(): never {
    throw new Error('in an interceptor');
  }
}

@Injectable()
export class Stock {
  async take(): Promise<void> {
    await Promise.resolve();
    throw new Error('in a provider');
  }
}

/** An error as `axios` makes them: what another server answered is no answer of ours. */
class AxiosError extends Error {
  readonly isAxiosError = true;
  readonly code = 'ERR_BAD_REQUEST';
  readonly status = 404;
  readonly response = { status: 404, data: {} };
}

/** What handlers throw, by the last part of their path. */
export const THROWN: Readonly<Record<string, () => unknown>> = {
  error: () => new Error('in a controller'),
  string: () => 'a string',
  undefined: () => undefined,
  null: () => null,
  'plain-object': () => ({ reason: 'a plain object' }),
  frozen: () => Object.freeze(new Error('frozen')),
  axios: () => new AxiosError('Request failed with status code 404'),
  'internal-server-error': () =>
    new InternalServerErrorException('no stock', { cause: new Error('the cause') }),
  unavailable: () => new ServiceUnavailableException(),
  'http-errors-503': () =>
    Object.assign(new Error('too busy'), { expose: false, statusCode: 503, status: 503 }),
  'bad-request': () => new BadRequestException(),
  'not-found': () => new NotFoundException(),
  forbidden: () => new ForbiddenException(),
  'http-errors-413': () =>
    Object.assign(new Error('too large'), { expose: true, statusCode: 413, status: 413 }),
  'own-body': () => new HttpException({ reason: 'of our own', eventId: 'taken' }, 500),
};

/** Answers 418, whatever it is. */
@Catch()
export class TeapotFilter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    answer(host, 418, { by: 'teapot' });
  }
}

/** Answers 499 to what is no `HttpException`. */
@Catch(Error)
export class ClosedFilter implements ExceptionFilter {
  constructor(@Inject(Stock) readonly stock: Stock) {}

  catch(_error: unknown, host: ArgumentsHost): void {
    answer(host, 499, { by: this.stock.constructor.name });
  }
}

@Catch()
export class ExtendingFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    super.catch(error, host);
  }
}

@Catch()
export class SilentFilter extends BaseExceptionFilter {}

@Catch()
export class RethrowingFilter implements ExceptionFilter {
  catch(error: unknown): never {
    throw error;
  }
}

@Catch()
export class BrokenFilter implements ExceptionFilter {
  catch(): never {
    throw new Error('in a filter');
  }
}

/** Its `catch` is a property of each instance. */
@Catch()
export class ArrowFilter implements ExceptionFilter {
  readonly catch = (_error: unknown, host: ArgumentsHost): void => {
    answer(host, 418, { by: 'arrow' });
  };
}

@Injectable({ scope: 2 })
@Catch()
export class ScopedFilter implements ExceptionFilter {
  constructor(@Inject(Stock) readonly stock: Stock) {}

  catch(_error: unknown, host: ArgumentsHost): void {
    answer(host, 418, { by: `scoped with ${this.stock.constructor.name}` });
  }
}

@Controller()
class OrdersController {
  constructor(
    @Inject(Stock) private readonly stock: Stock,
    @Inject(SentryService) private readonly sentry: SentryService,
  ) {}

  @Get('ok')
  ok(): { ok: boolean } {
    return { ok: true };
  }

  @Get('thrown/:name')
  thrown(@Param('name') name: string): never {
    throw THROWN[name]?.();
  }

  @Get('orders/:id')
  order(): never {
    throw new Error('in a controller');
  }

  @Get('async')
  async async(): Promise<never> {
    await Promise.resolve();
    throw new Error('in an async controller');
  }

  @Get('observable')
  observable(): unknown {
    return throwError(() => new Error('in an observable'));
  }

  @Get('stream')
  stream(): unknown {
    return from(timer(0)).pipe(
      map(() => {
        throw new Error('in a stream');
      }),
    );
  }

  @Get('provider')
  async provider(): Promise<void> {
    await this.stock.take();
  }

  @Get('guard')
  @UseGuards(FailingGuard)
  guard(): void {}

  @Get('refused')
  @UseGuards(RefusingGuard)
  refused(): void {}

  @Get('pipe/:id')
  @UsePipes(FailingPipe)
  pipe(@Param('id') id: string): string {
    return id;
  }

  @Get('interceptor')
  @UseInterceptors(FailingInterceptor)
  interceptor(): void {}

  @Get('middleware')
  middleware(): void {}

  @Get('functional-middleware')
  functional(): void {}

  @Get('captured')
  captured(): never {
    const error = new Error('captured by hand');
    this.sentry.captureException(error);
    throw error;
  }
}

@Controller('filtered')
@UseFilters(ClosedFilter)
class FilteredController {
  @Get('class')
  class(): never {
    throw new Error('for a filter of a class');
  }

  @Get('method')
  @UseFilters(new TeapotFilter())
  method(): never {
    throw new Error('for a filter of a method');
  }

  @Get('method-class')
  @UseFilters(TeapotFilter)
  methodClass(): never {
    throw new Error('for a filter of a method');
  }

  @Get('scoped')
  @UseFilters(ScopedFilter)
  scoped(): never {
    throw new Error('for a request-scoped filter');
  }

  @Get('arrow')
  @UseFilters(ArrowFilter)
  arrow(): never {
    throw new Error('for a filter with an arrow function');
  }

  @Get('extending')
  @UseFilters(ExtendingFilter)
  extending(): never {
    throw new Error('for a filter that extends that of NestJS');
  }

  @Get('silent')
  @UseFilters(SilentFilter)
  silent(): never {
    throw new Error('for a filter that has nothing of its own');
  }

  @Get('nest')
  @UseFilters(BaseExceptionFilter)
  nest(): never {
    throw new Error('for the filter of NestJS');
  }

  @Get('broken')
  @UseFilters(BrokenFilter)
  broken(): never {
    throw new Error('for a filter that fails');
  }

  @Get('rethrown')
  @UseFilters(RethrowingFilter)
  rethrown(): never {
    throw new Error('for a filter that throws it on');
  }

  @Get('rethrown-string')
  @UseFilters(RethrowingFilter)
  rethrownString(): never {
    // eslint-disable-next-line no-throw-literal
    throw 'for a filter that throws it on';
  }
}

@Injectable()
class FailingMiddleware {
  use(): never {
    throw new Error('in a middleware');
  }
}

@Module({})
class FailingModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(FailingMiddleware).forRoutes('middleware');
    consumer
      .apply((_request: unknown, _response: unknown, next: (error: unknown) => void) => {
        next(new Error('in a functional middleware'));
      })
      .forRoutes('functional-middleware');
  }
}

/** An application in which everything fails. */
export function failingModule(
  options: ObservabilityModuleOptions | undefined,
  providers: Provider[] = [],
  imports: NonNullable<DynamicModule['imports']> = [],
): DynamicModule {
  const observability = options === undefined ? [] : [ObservabilityModule.forRoot(options)];
  const sentry = { provide: SentryService, useFactory: () => new SentryService() };
  return {
    module: FailingModule,
    imports: [...imports, ...observability],
    controllers: [OrdersController, FilteredController],
    providers: [Stock, ...(options === undefined ? [sentry] : []), ...providers],
  };
}
