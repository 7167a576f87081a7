/**
 * Before a thread that loads ONNX Runtime is started. Outside Windows the native one sends Microsoft what machine and models it
 * runs on, and keeps a number for the machine in the home folder, unless this is set when it is loaded (from 1.29 on, pull
 * request 27379). It reads the process's own environment, of which a thread has but a copy. Who wants it sets it to 0.
 */
export function keepRuntimeSilent(): void {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
}
