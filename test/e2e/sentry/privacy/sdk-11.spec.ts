import { describePrivacy } from './nothing-leaks.js';

// One major in each file: files run in processes of their own, and both listen to the process.
describePrivacy(() => import('sentry-nestjs-11'));
