// The primary of a cluster, which makes a worker of each situation that it is sent.
import cluster from 'node:cluster';
import { join } from 'node:path';

process.on('message', ({ environment, ...situation }) => {
  const exec = join(import.meta.dirname, 'app.mjs');
  cluster.setupPrimary({ exec, args: [JSON.stringify(situation)] });
  cluster.fork(environment);
});
process.on('disconnect', () => {
  for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGKILL');
  process.exit();
});
