/**
 * A thread that is stopped inside the native runtime takes the whole process down with an abort. Nothing but waiting helps,
 * also when somebody calls `process.exit()`: so each thread shows whether it is inside, and the end of the process waits.
 */
const inside = 0;
const ending = 1;
const patienceMs = 10_000;

const guarded = new Set<Int32Array>();
let listening = false;

/** For whoever starts a thread. @returns what the thread gets, and what to call when it is gone */
export function guardThread(): { gate: Int32Array; gone: () => void } {
  const gate = new Int32Array(new SharedArrayBuffer(8));
  guarded.add(gate);
  if (!listening) process.on('exit', waitForAll);
  listening = true;
  return { gate, gone: () => guarded.delete(gate) };
}

function waitForAll(): void {
  for (const gate of guarded) Atomics.store(gate, ending, 1);
  const until = Date.now() + patienceMs;
  for (const gate of guarded) Atomics.wait(gate, inside, 1, Math.max(0, until - Date.now()));
}

/** For the thread: every call of the runtime goes through here. Never resolves once the process is ending. */
export async function within<T>(gate: Int32Array, call: () => Promise<T>): Promise<T> {
  Atomics.store(gate, inside, 1);
  try {
    if (Atomics.load(gate, ending) === 1) return await leave<T>(gate);
    return await call();
  } finally {
    left(gate);
  }
}

function leave<T>(gate: Int32Array): Promise<T> {
  left(gate);
  return new Promise(() => undefined);
}

function left(gate: Int32Array): void {
  Atomics.store(gate, inside, 0);
  Atomics.notify(gate, inside);
}
