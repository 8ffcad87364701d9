import { Global, Module } from '@nestjs/common';
import { Database } from './database.js';

/** Gives every module the database. */
@Global()
@Module({ providers: [Database], exports: [Database] })
export class DatabaseModule {}
