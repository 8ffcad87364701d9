// One application for both kinds of host. Each of its handlers fails in a way of its own, and the error's message says
// which one it was.
const fails = (what) => {
  throw new Error(what);
};

/** Puts decorators on a method, as TypeScript does. */
function decorate({ prototype }, key, ...decorators) {
  const method = Object.getOwnPropertyDescriptor(prototype, key);
  Object.defineProperty(prototype, key, Reflect.decorate(decorators, prototype, key, method));
}

/** The module of the application, made of the packages that the host has loaded. */
exports.appModule = ({ common, schedule, emitter, microservices, observability }) => {
  const { Get, UseFilters, UseGuards, UseInterceptors, UsePipes } = common;
  const guard = { canActivate: () => fails('guard') };
  const pipe = { transform: () => fails('pipe') };
  const interceptor = { intercept: () => fails('interceptor') };
  class TeapotFilter {
    catch(_error, host) {
      const response = host.switchToHttp().getResponse();
      (response.code ?? response.status).call(response, 418).send('filtered');
    }
  }
  common.Catch()(TeapotFilter);

  class FailingController {
    controller() {
      fails('controller');
    }
    unavailable() {
      throw new common.ServiceUnavailableException('unavailable');
    }
    missing() {
      throw new common.NotFoundException('missing');
    }
    guard() {}
    pipe(_id) {}
    interceptor() {}
    middleware() {}
    filtered() {
      fails('filtered');
    }
  }
  common.Controller()(FailingController);
  decorate(FailingController, 'controller', Get('controller/:id'));
  decorate(FailingController, 'unavailable', Get('unavailable'));
  decorate(FailingController, 'missing', Get('missing'));
  decorate(FailingController, 'guard', Get('guard'), UseGuards(guard));
  decorate(FailingController, 'pipe', Get('pipe/:id'), UsePipes(pipe));
  common.Param('id')(FailingController.prototype, 'pipe', 0);
  decorate(FailingController, 'interceptor', Get('interceptor'), UseInterceptors(interceptor));
  decorate(FailingController, 'middleware', Get('middleware'));
  decorate(FailingController, 'filtered', Get('filtered'), UseFilters(TeapotFilter));

  class MessagesController {
    message() {
      fails('message');
    }
  }
  common.Controller()(MessagesController);
  decorate(MessagesController, 'message', microservices.MessagePattern('message'));

  class Jobs {
    job() {
      fails('job');
    }
    event() {
      fails('event');
    }
    check() {
      return { status: Jobs.status };
    }
  }
  Jobs.status = 'healthy';
  common.Injectable()(Jobs);
  decorate(Jobs, 'job', schedule.Cron('0 0 1 1 *', { name: 'job' }));
  decorate(Jobs, 'event', emitter.OnEvent('event'));
  decorate(Jobs, 'check', observability.HealthCheck('database'));

  class AppModule {
    configure(consumer) {
      consumer
        .apply((_request, _response, next) => next(new Error('middleware')))
        .forRoutes('middleware');
    }
  }
  common.Module({
    imports: [
      observability.ObservabilityModule.forRoot(),
      schedule.ScheduleModule.forRoot(),
      emitter.EventEmitterModule.forRoot(),
    ],
    controllers: [FailingController, MessagesController],
    providers: [Jobs],
  })(AppModule);
  return { AppModule, Jobs };
};

/** Boots it, lets everything fail once, and says which answer had which event's id. Ends on SIGTERM, or by a rejection. */
exports.run = async (packages, platform, end) => {
  const { core, schedule, emitter, microservices, observability, adapters } = packages;
  const { AppModule, Jobs } = exports.appModule(packages);
  const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
  const app = await core.NestFactory.create(AppModule, new adapters[platform](), { logger: false });
  const tcp = app.connectMicroservice(
    { transport: microservices.Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
    { inheritAppConfig: true },
  );
  app.enableShutdownHooks();
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');

  const url = await app.getUrl();
  const answers = {};
  for (const path of [
    'controller/1',
    'unavailable',
    'missing',
    'guard',
    'pipe/1',
    'interceptor',
    'middleware',
    'filtered',
  ]) {
    const response = await fetch(`${url}/${path}`);
    await response.text();
    answers[path] = [response.status, response.headers.get('x-sentry-event-id')];
  }
  say({ answers });

  await app.get(schedule.SchedulerRegistry).getCronJob('job').fireOnTick();
  await app
    .get(emitter.EventEmitter2)
    .emitAsync('event')
    .catch(() => {});
  const { port } = tcp.unwrap().address();
  const client = microservices.ClientProxyFactory.create({
    transport: microservices.Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  await new Promise((resolve) => {
    client.send('message', {}).subscribe({ error: resolve, complete: resolve });
  });
  client.close();
  const registry = app.get(observability.HealthRegistry);
  for (const status of ['unhealthy', 'unhealthy', 'healthy', 'healthy']) {
    Jobs.status = status;
    await registry.run();
  }
  if (end === 'rejection') void Promise.reject(new Error('rejection'));
  else say({ ready: true });
};
