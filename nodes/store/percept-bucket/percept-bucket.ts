import type { IncomingMessage } from 'node:http';
import { resolve } from 'node:path';
import type { NodeAPI } from 'node-red';
import { Type } from 'typebox';
import { defineNode } from '../../kit/index.js';
import type { Bucket } from '../bucket/bucket.js';
import { openBucket } from '../bucket/open.js';
import { serveSigned, signedPath } from '../bucket/signed.js';
import { type BucketConfig, settingsOf } from './settings.js';

/** What our door puts into Node-RED's settings. */
type Saw = (request: IncomingMessage, what: string) => void;

const open = new Map<string, Bucket>();
const serving = new WeakSet<object>();

export default defineNode({
  type: 'percept-bucket',
  config: Type.Object({
    kind: Type.Union([Type.Literal('folder'), Type.Literal('s3')], { default: 'folder' }),
    folder: Type.String({ default: 'percept/bucket' }),
    bucket: Type.String({ default: '' }),
    prefix: Type.String({ default: '' }),
    endpoint: Type.String({ default: '' }),
    region: Type.String({ default: '' }),
    pathStyle: Type.Boolean({ default: false }),
    encryption: Type.Union([Type.Literal('none'), Type.Literal('AES256'), Type.Literal('aws:kms')], {
      default: 'none',
    }),
    kmsKey: Type.String({ default: '' }),
  }),
  credentials: { accessKeyId: { type: 'text' }, secretAccessKey: { type: 'password' } },

  async start(context) {
    const { id, config, credentials, RED, signal } = context;
    const bucket = await openBucket(
      config.kind === 'folder' ? { kind: 'folder', ...folder(RED, id, config) } : settingsOf(config, credentials),
    );
    if (signal.aborted) {
      await bucket.close();
      return {};
    }
    open.set(id, bucket);
    serve(RED);
    // an S3 that is down now may be back when it is needed: nodes get their bucket, the log gets the reason
    bucket.check().catch((thrown: unknown) => context.fail(thrown));
    return {
      api: bucket,
      async close() {
        if (open.get(id) === bucket) open.delete(id);
        await bucket.close();
      },
    };
  },
});

function folder(RED: NodeAPI, id: string, config: BucketConfig) {
  const path = resolve(RED.settings.userDir ?? '.', config.folder);
  if (!RED.httpNode) return { path };
  const root = `${RED.settings.httpNodeRoot ?? '/'}/percept/bucket/`.replace(/\/+/g, '/');
  return {
    path,
    address: (key: string, options: Parameters<typeof signedPath>[2]) => root + signedPath(id, key, options),
  };
}

/** A route of Express can't be taken back: one serves all buckets there are. */
function serve(RED: NodeAPI): void {
  if (!RED.httpNode || serving.has(RED.httpNode)) return;
  serving.add(RED.httpNode);
  RED.httpNode.use(
    '/percept/bucket',
    serveSigned(
      (owner) => open.get(owner),
      (request, key) => {
        const { saw } = ((RED.settings as { adminAuth?: unknown }).adminAuth ?? {}) as { readonly saw?: Saw };
        saw?.(request, key);
      },
    ),
  );
}
