// For `node --import`: another major of the SDK stands where the application and the package look for @sentry/nestjs.
import { register } from 'node:module';

const hooks = `
  export const resolve = (name, context, next) =>
    next(name === '@sentry/nestjs' ? 'sentry-nestjs-11' : name, context);
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
