// Installs and builds what is missing, and becomes the sample application: one process, so that signals reach it.
import { build, installMissing } from './prepare.mjs';

installMissing();
build();
await import('../dist/sample-app/main.js');
