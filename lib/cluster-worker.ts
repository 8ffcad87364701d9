import type { Cluster } from 'node:cluster';

/**
 * What is the matter with `/metrics` on a port that the workers of a Node.js cluster share, if this process is one.
 *
 * @param environment tells of PM2, whose cluster mode is one too and numbers its instances itself.
 */
export function sharedMetricsProblem(
  path: string,
  { isWorker, worker }: Pick<Cluster, 'isWorker' | 'worker'>,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (!isWorker || worker === undefined) return undefined;
  const number =
    environment['NODE_APP_INSTANCE'] === undefined
      ? 'cluster.worker.id'
      : 'Number(process.env.NODE_APP_INSTANCE)';
  return (
    `This is worker ${worker.id} of a Node.js cluster, and GET ${path} is on the port that its workers share. ` +
    'Each scrape is answered by any of them, with its own numbers: counters jump back and forth, and rates are wrong. ' +
    `Give each worker a port of its own, as in management: { port: 9100 + ${number} }, or run one process per container`
  );
}
