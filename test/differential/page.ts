import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../support/tarball.js';

/** The page that the comparison is published on. */
export const PAGE: string = join(ROOT, 'docs/versus-terminus.md');

/** A row of the table. */
export interface Row {
  readonly title: string;
  readonly terminus: string;
  readonly ours: string;
}

/** Writes the page, formatted as the repository's Markdown is. */
export async function renderPage(rows: readonly Row[]): Promise<string> {
  const lines = rows.map(
    ({ title, terminus: theirs, ours }, index) =>
      `| ${index + 1} | ${title} | ${theirs} | ${ours} |`,
  );
  const page = `# Beside @nestjs/terminus

${rows.length} situations, each brought about in a NestJS application with \`@nestjs/terminus\` and in one with
\`nestjs-observability\`, both on Express and asked over HTTP (row 16: without). \`test/differential/\` measures what
happens, puts the facts of both sides into the same words, and compares them with this page: it fails when either side
behaves in another way than is written here.

Compared with: ${['@nestjs/terminus', '@nestjs/core', '@nestjs/platform-express']
    .map((name) => `\`${name}\` ${versionOf(name)}`)
    .join(', ')}.

\`\`\`sh
npm test -- test/differential      # compares
npm test -- test/differential -u   # writes this page anew
\`\`\`

"The probe" is the readiness probe: the route of Terminus itself, or \`/health/ready\` here; \`/health\` here is 200 whatever
the status is. A check of which the answer says nothing is "lost".

| # | situation | \`@nestjs/terminus\` ${minorOf('@nestjs/terminus')} | \`nestjs-observability\` |
| --- | --- | --- | --- |
${lines.join('\n')}

${NOTES}
`;
  return format(page, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}

const NOTES = `## What the table does not say

The situations were chosen because the two differ in them, so this is no survey of Terminus. Its indicators for databases,
HTTP, microservices, memory and disks are its strength, and they work inside a check here; it also describes its routes for
OpenAPI. With it, a careful author avoids several rows: \`attempt()\` catches what is thrown, \`.withTimeout()\` sets a
deadline, \`.cacheFor()\` lets requests at the same time share a run, and a query of one's own spares the failing calls of
row 19.

An indicator inside a check here stays what it is: at its own time-out it leaves its query behind (row 6), and it makes the
failing calls of row 19 here too. With nothing to check (row 13) both sides are well, and one warning is all the difference.`;

/** Without the patch. */
function minorOf(name: string): string {
  return versionOf(name).replace(/\.\d+$/, '');
}

function versionOf(name: string): string {
  const manifest = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
