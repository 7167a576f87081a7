import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Files of Node-RED's own nodes that nothing in these flows needs, as `nodesExcludes` wants them. All of them are a third of
 * what it takes to start Node-RED: the libraries for HTTP, MQTT, WebSocket, XML, HTML and JSON Schema.
 * @param nodeRed its folder
 */
export function unusedCoreNodes(nodeRed: string, types: ReadonlySet<string>): string[] {
  const files = globSync(join(nodeRed, '../@node-red/nodes/core/{function,network,parsers,sequence,storage}/*.js'));
  return files.filter((file) => !typesIn(file).some((type) => types.has(type))).map((file) => basename(file));
}

function typesIn(file: string): string[] {
  return Array.from(readFileSync(file, 'utf8').matchAll(/registerType\(["']([^"']+)/g), ([, type = '']) => type);
}
