import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertJob } from './alert-child.ts';
import { type AlertFaultResult, AlertFaultTrial } from './alert-faults.ts';

const somewhen = (most: number): Promise<void> => sleep(most * Math.random());
const upTo = (most: number): number => 1 + Math.floor(most * Math.random());
const day = 86_400_000;

export interface AlertFault {
  readonly name: string;
  readonly desks?: number;
  readonly dies?: () => AlertJob['dies'];
  readonly happen: (trial: AlertFaultTrial) => Promise<void>;
}

async function manner(trial: AlertFaultTrial, how: AlertFaultTrial['manner'], ms: number): Promise<void> {
  await somewhen(300);
  trial.manner = how;
  await sleep(ms);
  trial.manner = 'well';
}

/** Each at random moments. */
export const alertFaults: readonly AlertFault[] = [
  {
    name: 'kill',
    async happen(trial) {
      for (let i = upTo(2); i > 0; i--) {
        await somewhen(800);
        await trial.killDesk();
      }
    },
  },
  {
    // committed and not told, or told and not answered
    name: 'kill-at-a-step',
    dies: () => ({ when: Math.random() < 0.5 ? 'before' : 'after', nth: upTo(20) }),
    async happen(trial) {
      await trial.died(0, 4_000);
      await trial.killDesk();
    },
  },
  {
    name: 'clock',
    async happen(trial) {
      for (let i = 0; i < 2; i++) {
        await somewhen(600);
        trial.jump((Math.random() < 0.5 ? -1 : 1) * day * Math.random());
      }
      if (Math.random() < 0.5) await trial.killDesk();
    },
  },
  { name: 'slow', happen: (trial) => manner(trial, 'slow', 1_500) },
  { name: 'refused', happen: (trial) => manner(trial, 'refuses', 1_500) },
  {
    name: 'silent',
    async happen(trial) {
      await Promise.all([manner(trial, 'silent', 1_500), somewhen(1_000).then(() => trial.killDesk())]);
    },
  },
];

/** Two processes on one database; one of them dies, and may stay away for a while. */
export const twoDesks: AlertFault = {
  name: 'one-of-two',
  desks: 2,
  async happen(trial) {
    await somewhen(800);
    const at = Math.random() < 0.5 ? 0 : 1;
    await trial.killDesk(at, false);
    await somewhen(500);
    await trial.startDesk(at);
  },
};

export async function alertFaultTrial(fault: AlertFault, alerts: number, url?: string): Promise<AlertFaultResult> {
  const dies = fault.dies?.();
  const trial = await AlertFaultTrial.start({
    desks: fault.desks ?? 1,
    ...(url === undefined ? {} : { url }),
    ...(dies ? { dies } : {}),
  });
  try {
    return await trial.run(alerts, fault.happen);
  } finally {
    await trial.stop();
  }
}
