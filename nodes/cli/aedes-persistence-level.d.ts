declare module 'aedes-persistence-level' {
  import type { ClassicLevel } from 'classic-level';

  export default function persistence(level: ClassicLevel<string, unknown>): object;
}
