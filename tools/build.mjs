// Installs what is missing, and compiles the package and the sample application.
import { build, installMissing } from './prepare.mjs';

installMissing();
build();
