// Builds from nothing, so that no file of an earlier build gets into the package.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, installMissing, root } from './prepare.mjs';

installMissing();
rmSync(join(root, 'dist'), { recursive: true, force: true });
build();
