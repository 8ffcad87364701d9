import { Injectable } from '@nestjs/common';
import { HealthCheck, type HealthCheckReturn } from 'nestjs-observability';

/** A provider whose check says what a test wants it to say. */
@Injectable()
export class Database {
  says: HealthCheckReturn = undefined;

  @HealthCheck('db')
  check(): HealthCheckReturn {
    return this.says;
  }
}
