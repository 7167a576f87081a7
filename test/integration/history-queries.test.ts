import { join } from 'node:path';
import { describe } from 'node:test';
import { startPostgres } from '../servers/postgres.ts';
import { historySuite } from '../support/history-suite.ts';
import { needs } from '../support/needs.ts';

describe('history out of SQLite', () => {
  historySuite(async (folder) => ({ url: join(folder, 'percept.db') }));
});

describe('history out of PostgreSQL', { skip: needs('postgresql') }, () => {
  historySuite(async () => {
    const server = await startPostgres();
    const url = await server.database();
    return { url, stop: () => server.stop() };
  });
});
