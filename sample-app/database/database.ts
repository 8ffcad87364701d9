import {
  ConflictException,
  Injectable,
  Logger,
  ServiceUnavailableException,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HealthCheck, healthy, type HealthOutcome } from 'nestjs-observability';
import { DatabaseError, Pool, type QueryResultRow } from 'pg';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { SCHEMA } from './schema.js';

/** A customer waits no longer for a connection, nor for an answer. */
const PATIENCE_MS = 5_000;

/** The deadline lies below the 800 ms that a health check has, so that the check itself says what is wrong. */
const CHECK_QUERY = { text: 'select 1', query_timeout: 700 };

/** PostgreSQL's classes of errors that mean "not now": lost connection, too busy, shut down. */
const AWAY = /^(08|53|57)/;

/** The shop's database: an embedded one, or the one that `DATABASE_URL` names. */
@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Database');
  #embedded: EmbeddedPostgres | undefined;
  #pool: Pool | undefined;
  #opening: Promise<void> | undefined;
  #closed = false;

  /** Not in a factory: the signal that ends the process is handled only once all providers are made. */
  async onModuleInit(): Promise<void> {
    this.#opening = this.#open();
    await this.#opening;
  }

  /** The signal may come while the database is still being opened. */
  async onApplicationShutdown(): Promise<void> {
    this.#closed = true;
    await this.#opening?.catch(() => {});
    await this.#pool?.end();
    await this.#embedded?.remove();
  }

  /** @throws ServiceUnavailableException when the database cannot be reached. */
  async query<Row extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    try {
      const { rows } = await this.#connected().query<Row>(sql, values);
      return rows;
    } catch (error) {
      if (error instanceof DatabaseError && !AWAY.test(error.code ?? '')) throw error;
      const message = 'The database is away. Try again in a moment.';
      throw new ServiceUnavailableException(message, { cause: error });
    }
  }

  /** The health check `database`. */
  @HealthCheck('database')
  async check(): Promise<HealthOutcome> {
    const pool = this.#connected();
    await pool.query(CHECK_QUERY);
    return healthy('', { embedded: this.#embedded !== undefined, connections: pool.totalCount });
  }

  /** Starts the embedded server. @throws ConflictException when the database is not the shop's own. */
  async start(): Promise<void> {
    await this.#own().start();
  }

  /** Stops the embedded server. @throws ConflictException when the database is not the shop's own. */
  async stop(): Promise<void> {
    await this.#own().stop();
  }

  async #open(): Promise<void> {
    const given = process.env['DATABASE_URL'];
    const url = given || (await this.#openEmbedded());
    this.#pool = new Pool({
      connectionString: url,
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
      max: 10,
    });
    // Without a listener, an idle connection that the server ends would end this process.
    this.#pool.on('error', (error) => this.#logger.warn(`Lost a connection: ${error.message}`));
    await this.#pool.query(SCHEMA).catch((error: unknown) => {
      const which = given ? 'The database of DATABASE_URL' : 'The embedded PostgreSQL';
      throw new Error(`${which} does not answer: ${String(error)}`, { cause: error });
    });
  }

  async #openEmbedded(): Promise<string> {
    if (this.#closed) throw new Error('The application is closing.');
    this.#logger.log('Starting an embedded PostgreSQL …');
    try {
      this.#embedded = await EmbeddedPostgres.create();
      await this.#embedded.start();
      return this.#embedded.url;
    } catch (error) {
      const wayOut = 'To use a database of your own, set DATABASE_URL=postgres://…';
      throw new Error(`The embedded PostgreSQL did not start: ${String(error)}\n${wayOut}`, {
        cause: error,
      });
    }
  }

  #connected(): Pool {
    if (this.#pool === undefined) throw new Error('The database is not open yet');
    return this.#pool;
  }

  #own(): EmbeddedPostgres {
    if (this.#embedded !== undefined) return this.#embedded;
    throw new ConflictException(
      'The database is the one of DATABASE_URL: stop and start it where it runs.',
    );
  }
}
