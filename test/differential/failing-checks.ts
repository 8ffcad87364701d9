import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { bootOurs, bootTerminus } from './applications.js';
import { askOurs, askTerminus, type Answer } from './answers.js';
import { situation } from './situation.js';

const rejects = async (): Promise<never> => {
  await Promise.resolve();
  throw new Error('connection refused');
};

const throws = (): never => {
  throw new Error('no client');
};

export const oneThrows = situation({
  title: 'One check rejects, one throws before its first `await`, one is well',
  say: ({ probe, rejecting, throwing, well }) =>
    `the probe gets ${probe}; the one that rejects is ${rejecting}, the one that throws ${throwing}, the other ${well}`,
  known: {
    terminus: { probe: 500, rejecting: 'lost', throwing: 'lost', well: 'lost' },
    ours: { probe: 503, rejecting: 'unhealthy', throwing: 'unhealthy', well: 'healthy' },
  },
  terminus: async () => {
    const app = await bootTerminus({
      ready: ({ own }) => [rejects, throws, () => own.check('well').up()],
    });
    return factsOfThree(await askTerminus(app));
  },
  ours: async () => {
    const app = await bootOurs((registry) => {
      registry.registerCheck('rejecting', rejects);
      registry.registerCheck('throwing', throws);
      registry.registerCheck('well', () => {});
    });
    return factsOfThree(await askOurs(app));
  },
});

const factsOfThree = (answer: Answer) => ({
  probe: answer.probe,
  rejecting: answer.statusOf('rejecting'),
  throwing: answer.statusOf('throwing'),
  well: answer.statusOf('well'),
});

const CONNECTION = 'connect to postgres://shop:hunter2@db.example:5432/orders: refused';

export const secretInError = situation({
  title: 'The error of a check holds a connection string with a password',
  say: ({ password, host }) =>
    `the body ${password ? 'shows' : 'masks'} the password and ${host ? 'names' : 'leaves out'} the host`,
  known: {
    terminus: { password: true, host: true },
    ours: { password: false, host: true },
  },
  terminus: async () => {
    const app = await bootTerminus({
      ready: ({ own }) => [
        own.check('db').attempt(() => {
          throw new Error(CONNECTION);
        }),
      ],
    });
    return shownOf(await askTerminus(app));
  },
  ours: async () => {
    const app = await bootOurs((registry) => {
      registry.registerCheck('db', () => {
        throw new Error(CONNECTION);
      });
    });
    return shownOf(await askOurs(app));
  },
});

const shownOf = ({ text }: Answer) => ({
  password: text.includes('hunter2'),
  host: text.includes('db.example:5432'),
});

/** Details that `JSON.stringify` cannot write. */
const ODD_DETAILS = {
  bigint: () => ({ rows: 10n }),
  circular: () => {
    const details: Record<string, unknown> = {};
    details['self'] = details;
    return details;
  },
};

export const oddDetails = situation({
  title: 'The details of a failing check hold a BigInt, or refer to themselves',
  say: ({ bigint, circular }) => `BigInt: ${bigint}; circular: ${circular}`,
  known: {
    terminus: {
      bigint: 'the probe gets 500, the check is lost',
      circular: 'the probe gets 500, the check is lost',
    },
    ours: {
      bigint: 'the probe gets 503, the check is unhealthy',
      circular: 'the probe gets 503, the check is unhealthy',
    },
  },
  terminus: async () => {
    const ask = async (details: object): Promise<string> => {
      const app = await bootTerminus({
        ready: ({ own }) => [() => own.check('db').down({ details })],
      });
      return probeAndStatus(await askTerminus(app));
    };
    return {
      bigint: await ask(ODD_DETAILS.bigint()),
      circular: await ask(ODD_DETAILS.circular()),
    };
  },
  ours: async () => {
    const ask = async (details: object): Promise<string> => {
      const app = await bootOurs((registry) => {
        registry.registerCheck('db', () => ({ status: 'unhealthy', details }));
      });
      return probeAndStatus(await askOurs(app));
    };
    return {
      bigint: await ask(ODD_DETAILS.bigint()),
      circular: await ask(ODD_DETAILS.circular()),
    };
  },
});

const probeAndStatus = (answer: Answer): string =>
  `the probe gets ${answer.probe}, the check is ${answer.statusOf('db')}`;

/** Connects to a name that has two addresses, with nobody at either. */
async function connectInVain(): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const socket = connect({
    host: 'db.example',
    port,
    autoSelectFamily: true,
    lookup: (_host, _options, found) =>
      found(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ]),
  });
  await once(socket, 'connect');
}

export const severalAddresses = situation({
  title:
    'A connection to a name with two addresses is refused (Node.js makes it an `AggregateError`)',
  say: ({ cause, message }) =>
    cause ? 'the message tells what each address answered' : `the message is "${message}"`,
  known: {
    terminus: { cause: false, message: 'AggregateError' },
    ours: { cause: true, message: '' },
  },
  terminus: async () => {
    const app = await bootTerminus({
      ready: ({ own }) => [own.check('db').attempt(connectInVain)],
    });
    return causeIn((await askTerminus(app)).messageOf('db'));
  },
  ours: async () => {
    const app = await bootOurs((registry) => {
      registry.registerCheck('db', connectInVain);
    });
    return causeIn((await askOurs(app)).messageOf('db'));
  },
});

/** The port is another one each time, so the message is kept only where it tells nothing. */
const causeIn = (message: string) => {
  const cause = message.includes('ECONNREFUSED 127.0.0.1') && message.includes('::1');
  return { cause, message: cause ? '' : message };
};
