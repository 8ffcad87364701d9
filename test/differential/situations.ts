import { prismaOnSql, withoutAttempt } from './built-in-indicators.js';
import { holdsTheLoop, leftBehind, neverSettles, nothingElseToDo } from './deadlines.js';
import { oddDetails, oneThrows, secretInError, severalAddresses } from './failing-checks.js';
import { beyondAsking, logNoise, shutdown } from './operation.js';
import { degradedInTime, noChecks, noSuchStatus, oneName } from './outcomes.js';
import { awaitedTwice, blip, longerThanCached, manyAtOnce, sameKey } from './runs.js';
import type { Situation } from './situation.js';

/** All situations, in the order of the table. */
export const SITUATIONS: readonly Situation[] = [
  neverSettles,
  oneThrows,
  degradedInTime,
  sameKey,
  longerThanCached,
  leftBehind,
  manyAtOnce,
  secretInError,
  blip,
  oneName,
  oddDetails,
  noSuchStatus,
  noChecks,
  withoutAttempt,
  holdsTheLoop,
  nothingElseToDo,
  awaitedTwice,
  severalAddresses,
  prismaOnSql,
  logNoise,
  shutdown,
  beyondAsking,
];
