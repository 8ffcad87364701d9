import { followCall, isAsyncMethod, takeAfter, type Method } from '../followed-call.js';
import { recorderOf, type MethodMeasurement } from './method-measurement.js';

/** A method that calls another and looks like it; each call is recorded where its instance has something to record with. */
export function recorded(method: Method, measurement: MethodMeasurement): Method {
  const isAsync = isAsyncMethod(method);
  const call: Method = function (...args) {
    const recorder = recorderOf(this, measurement);
    return recorder === undefined
      ? Reflect.apply(method, this, args)
      : followCall(method, this, args, isAsync, recorder);
  };
  takeAfter(call, method);
  return call;
}
