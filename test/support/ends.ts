import { after } from 'node:test';
import { isMainThread } from 'node:worker_threads';

/** Loaded before each test file: what a test left open would keep its process waiting, and with it the whole run, for ever. */
const patience = 30_000;
const [, file = ''] = process.argv;

// what a test forks, and its threads, load this too
if (isMainThread && /\.test\.ts$|\/units\.ts$/.test(file))
  after(() => {
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().join(', ');
      console.error(`${file} still has open ${patience / 1000} s after its last test: ${open}`);
      process.exit(1);
    }, patience).unref();
  });
