import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Files of Node-RED's own nodes that nothing in these flows needs, as `nodesExcludes` wants them. All of them are a third of
 * what it takes to start Node-RED: the libraries for HTTP, MQTT, WebSocket, XML, HTML and JSON Schema.
 * @param nodeRed its folder
 */
export function unusedCoreNodes(nodeRed: string, types: ReadonlySet<string>): string[] {
  const files = globSync(join(nodeRed, '../@node-red/nodes/core/{function,network,parsers,sequence,storage}/*.js'));
  return files.filter((file) => !registers(file, types)).map((file) => basename(file));
}

/** Our package in this folder, with the nodes of these flows: to load all is another third. */
export function linkNeeded(folder: string, packageRoot: string, types: ReadonlySet<string>): void {
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    'node-red': { nodes: Record<string, string> };
  };
  const nodes = Object.entries(manifest['node-red'].nodes).filter(([, file]) =>
    registers(join(packageRoot, file.replace(/\.js$/, '.html')), types),
  );
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'dist'))) symlinkSync(join(packageRoot, 'dist'), join(folder, 'dist'), 'dir');
  const needed = { ...manifest, 'node-red': { ...manifest['node-red'], nodes: Object.fromEntries(nodes) } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(needed));
}

function registers(file: string, types: ReadonlySet<string>): boolean {
  return Array.from(readFileSync(file, 'utf8').matchAll(/registerType\(\s*["']([^"']+)/g)).some(([, type = '']) =>
    types.has(type),
  );
}
