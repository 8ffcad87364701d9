import { readdir, readFile } from 'node:fs/promises';

/** What Linux tells of the process; all `undefined` on other systems. */
export interface ProcReading {
  readonly residentBytes?: number | undefined;
  readonly virtualBytes?: number | undefined;
  readonly dataBytes?: number | undefined;
  readonly openFiles?: number | undefined;
  readonly maxOpenFiles?: number | undefined;
}

/** Reads what Linux tells of the process, one file after the other; a file that cannot be read costs its own numbers. */
export class ProcFiles {
  #maxOpenFiles: Promise<number | undefined> | undefined;

  /** @param folder where Linux tells of the process. */
  constructor(private readonly folder: string) {}

  /** What it is now. Never rejects. */
  async read(): Promise<ProcReading> {
    const status = await this.#text('status');
    const bytesOf = (field: string): number | undefined => {
      const kilobytes = numberIn(status, new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm'));
      return kilobytes === undefined ? undefined : kilobytes * 1_024;
    };
    this.#maxOpenFiles ??= this.#readMaxOpenFiles();
    return {
      residentBytes: bytesOf('VmRSS'),
      virtualBytes: bytesOf('VmSize'),
      dataBytes: bytesOf('VmData'),
      maxOpenFiles: await this.#maxOpenFiles,
      openFiles: await this.#readOpenFiles(),
    };
  }

  async #readMaxOpenFiles(): Promise<number | undefined> {
    return numberIn(await this.#text('limits'), /^Max open files\s+(\d+)/m);
  }

  async #readOpenFiles(): Promise<number | undefined> {
    try {
      // The list itself is read through one of them.
      return (await readdir(`${this.folder}/fd`)).length - 1;
    } catch {
      return undefined;
    }
  }

  async #text(file: string): Promise<string> {
    try {
      return await readFile(`${this.folder}/${file}`, 'utf8');
    } catch {
      return '';
    }
  }
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
