import { join } from 'node:path';
import { describe } from 'node:test';
import { startPostgres } from '../servers/postgres.ts';
import { alertHistorySuite } from '../support/alert-history-suite.ts';
import { needs } from '../support/needs.ts';

describe('alerts out of SQLite', () => {
  alertHistorySuite(async (folder) => ({ url: join(folder, 'percept.db') }));
});

describe('alerts out of PostgreSQL', { skip: needs('postgresql') }, () => {
  alertHistorySuite(async () => {
    const server = await startPostgres();
    const url = await server.database();
    return { url, stop: () => server.stop() };
  });
});
