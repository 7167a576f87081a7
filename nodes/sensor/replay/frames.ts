import { readFile } from 'node:fs/promises';
import type { Frame } from '../../kit/index.js';
import { toPerceptError } from '../../kit/index.js';
import { readJpeg } from '../decode/jpeg.js';
import { filesAt } from './files.js';
import { bad, type Item, type Recording } from './item.js';
import { message, topicOf } from './rows.js';

export interface FrameSettings {
  readonly path: string;
  readonly prefix: string;
  readonly source: string;
}

/** JPEG files, a picture each, in the order of their names. */
export function frameRecording(settings: FrameSettings): Recording {
  return async function* frames() {
    let id = 0;
    for (const { path, name } of await filesAt(settings.path, ['.jpg', '.jpeg'])) {
      // one camera's pictures lie in one folder
      const camera = settings.source || name.split('/').slice(0, -1).join('/') || 'camera';
      id++;
      yield await frameOf(path, camera, id, settings.prefix);
    }
  };
}

async function frameOf(path: string, camera: string, id: number, prefix: string): Promise<Item> {
  try {
    const jpeg = await readFile(path);
    const size = readJpeg(path, jpeg);
    return {
      kind: 'playable',
      messages: (time) => {
        const frame: Frame = { id, camera, time, ...size, jpeg };
        return [message(topicOf(prefix, camera), jpeg, { frame })];
      },
    };
  } catch (thrown) {
    const problem = toPerceptError(thrown);
    return bad(path, 0, String(problem.params['problem'] ?? problem.message));
  }
}
