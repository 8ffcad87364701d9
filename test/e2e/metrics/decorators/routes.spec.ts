import {
  Controller,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  Param,
  ParseIntPipe,
  Query,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Counted, Timed } from 'nestjs-observability';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../../support/boot.js';
import { callsIn, measuredModule } from './calls.js';

class OnlyFor implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const role: unknown = new Reflector().get('role', context.getHandler());
    return context
      .switchToHttp()
      .getRequest<{ url: string }>()
      .url.includes(`as=${String(role)}`);
  }
}

@Controller()
class Above {
  @Counted()
  @Timed()
  @Get('above/:id')
  @HttpCode(202)
  @Header('x-shop', 'open')
  @UseGuards(OnlyFor)
  @SetMetadata('role', 'clerk')
  read(@Param('id', ParseIntPipe) id: number, @Query('as') as: string): object {
    if (id === 13) throw new ForbiddenException();
    return { id, as };
  }
}

@Controller()
class Below {
  @Get('below/:id')
  @HttpCode(202)
  @Header('x-shop', 'open')
  @UseGuards(OnlyFor)
  @SetMetadata('role', 'clerk')
  @Counted()
  @Timed()
  read(@Param('id', ParseIntPipe) id: number, @Query('as') as: string): object {
    if (id === 13) throw new ForbiddenException();
    return { id, as };
  }

  @Get('stream')
  @Counted()
  stream(): unknown {
    return of({ streamed: true });
  }
}

const RoutesModule = measuredModule({ controllers: [Above, Below] });

describe.each(PLATFORMS)('A route on %s, decorated', (platform) => {
  it.each([
    ['above', 'Above.read'],
    ['below', 'Below.read'],
  ])(
    '%s what makes it a route, keeps its status, headers, guards, parameters and pipes',
    async (path, name) => {
      const { app, get } = await boot(RoutesModule, platform);
      const answer = await get(`/${path}/7?as=clerk`);

      expect(answer.status).toBe(202);
      expect(answer.headers.get('x-shop')).toBe('open');
      expect(await answer.json()).toEqual({ id: 7, as: 'clerk' });
      expect((await get(`/${path}/seven?as=clerk`)).status).toBe(400);
      expect((await get(`/${path}/7?as=guest`)).status).toBe(403);
      expect(await callsIn(app)).toEqual({ [`${name} success`]: 1 });

      expect((await get(`/${path}/13?as=clerk`)).status).toBe(403);
      const expected = { [`${name} success`]: 1, [`${name} failure`]: 1 };
      expect(await callsIn(app)).toEqual(expected);
      expect(await callsIn(app, 'method_duration_seconds_count')).toEqual(expected);
    },
  );

  it('may answer with an observable', async () => {
    const { app, get } = await boot(RoutesModule, platform);

    expect(await (await get('/stream')).json()).toEqual({ streamed: true });
    expect(await callsIn(app)).toEqual({ 'Below.stream success': 1 });
  });
});
