import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { megabytes, speaker } from '../texts.js';
import { type Finding, fail, ok, warn } from './findings.js';

const oldest = [22, 13] as const;
const fewBytes = 100e6;
const someBytes = 2e9;

const say = speaker({
  node: { 'en-US': 'Node.js {version} on {platform}', ko: 'Node.js {version} ({platform})' },
  oldNode: {
    'en-US': 'Node.js {version} is too old: Percept needs {oldest} or newer, from https://nodejs.org',
    ko: 'Node.js {version}은(는) 너무 오래되었습니다. {oldest} 이상이 필요합니다: https://nodejs.org',
  },
  part: { 'en-US': '{part} loads ({purpose})', ko: '{part} 불러오기 가능 ({purpose})' },
  noPart: {
    'en-US': '{part} does not load, so there is no {purpose}: {detail}. If you need it: npm install {part}',
    ko: '{part}을(를) 불러올 수 없어 {purpose} 기능이 없습니다: {detail}. 필요하면: npm install {part}',
  },
  disk: {
    'en-US': '{free} of {total} are free where {path} lies',
    ko: '{path}이(가) 있는 디스크: {total} 중 {free} 남음',
  },
  littleDisk: {
    'en-US': 'Only {free} of {total} are free where {path} lies: free space or shorten the retention',
    ko: '{path}이(가) 있는 디스크에 {total} 중 {free}만 남았습니다. 공간을 확보하거나 보존 기간을 줄이세요',
  },
});

const purposes = speaker({
  'onnxruntime-node': { 'en-US': 'recognition of sound and pictures', ko: '소리와 영상 인식' },
  sharp: { 'en-US': 'work on pictures', ko: '이미지 처리' },
  pg: { 'en-US': 'store in PostgreSQL', ko: 'PostgreSQL 저장소' },
  '@aws-sdk/client-s3': { 'en-US': 'bucket in S3', ko: 'S3 버킷' },
});
const parts = ['onnxruntime-node', 'sharp', 'pg', '@aws-sdk/client-s3'] as const;

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const old = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  if (old) return fail(say('oldNode', { version, oldest: oldest.join('.') }));
  return ok(say('node', { version, platform: `${process.platform} ${process.arch}` }));
}

/** @param load for tests: loads a package */
export async function checkParts(load: (part: string) => Promise<unknown> = loadPart): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const part of parts) {
    const purpose = purposes(part);
    try {
      await load(part);
      findings.push(ok(say('part', { part, purpose })));
    } catch (thrown) {
      const detail = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
      findings.push(warn(say('noPart', { part, purpose, detail })));
    }
  }
  return findings;
}

/** @param path of a store or bucket; for the disk it lies on */
export async function checkDisk(path: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(path).catch(() => statfs(dirname(path)));
  const free = bavail * bsize;
  const facts = { path, free: megabytes(free), total: megabytes(blocks * bsize) };
  if (free > someBytes) return ok(say('disk', facts));
  return free > fewBytes ? warn(say('littleDisk', facts)) : fail(say('littleDisk', facts));
}

function loadPart(part: string): Promise<unknown> {
  return import(part);
}
