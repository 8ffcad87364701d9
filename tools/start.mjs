// Installs and builds what is missing, and becomes the sample application: one process, so that signals reach it.
import { build, installMissing } from './prepare.mjs';

const parent = process.ppid;

installMissing();
build();
if (process.env.npm_lifecycle_event === 'start') endWithParent();
await import('../dist/sample-app/main.js');

/** npm hands a signal to the shell that it has started for this process, and that shell ends without handing it on. */
function endWithParent() {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
