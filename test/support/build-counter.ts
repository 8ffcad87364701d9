import { Injectable } from '@nestjs/common';

/** Lives as long as its application, and counts how often something with a shorter life is built. */
@Injectable()
export class BuildCounter {
  built = 0;
}
