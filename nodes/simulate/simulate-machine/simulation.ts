import type { Message, Reading } from '../../kit/index.js';
import { driveOf } from '../machine/drive.js';
import { forget, lasting, setting, untouched } from '../machine/exercise.js';
import type { Fault } from '../machine/fault.js';
import type { Quantity } from '../machine/kinds.js';
import { type Course, type Machine, machine } from '../machine/machine.js';
import type { State } from '../machine/state.js';
import type { Outgoing } from '../publish/publisher.js';
import type { Drive } from '../sound/index.js';
import { type Change, changes } from './changes.js';
import { commandOf, fitting, obey, type Subject, type Wishes } from './command.js';
import type { Remembered } from './memory.js';
import { chosenQuantities, type SimulateMachineConfig, specOf, topicsOf } from './settings.js';

const minute = 60_000;
/** ms that a machine's heat remembers, and more. */
const memory = 120 * minute;
const mostKept = 100;

/** One machine under an exercise that goes on: what it shows at any instant, what it is told, and which faults come and go. */
export class Simulation {
  readonly #subject: Subject;
  readonly #machine: Machine;
  readonly #topics: ReadonlyMap<Quantity, string>;
  readonly #keep: number;
  readonly #noise: number;
  #wishes: Wishes;
  #course: Course;
  #seen: readonly Fault[];

  /** @throws PerceptError `simulate-quantity`, `simulate-topic` */
  constructor(config: SimulateMachineConfig, remembered: Remembered | undefined) {
    const quantities = chosenQuantities(config);
    this.#subject = { kind: config.kind, quantities };
    this.#topics = topicsOf(config, quantities);
    this.#machine = machine(specOf(config), config.seed);
    this.#noise = config.noise;
    this.#keep = Math.max(config.catchUp, config.backlog) * minute + memory;
    const exercise = fitting(remembered?.exercise ?? untouched, this.#subject);
    this.#wishes = { exercise, severity: remembered?.severity ?? 0.5 };
    this.#course = this.#machine.under(exercise);
    this.#seen = lasting(exercise, remembered?.last ?? 0);
  }

  get wishes(): Wishes {
    return this.#wishes;
  }

  get quantities(): readonly Quantity[] {
    return this.#subject.quantities;
  }

  state(time: number): State {
    return this.#course.state(time);
  }

  faults(time: number): Fault[] {
    return lasting(this.#wishes.exercise, time);
  }

  /** @throws PerceptError as `commandOf` and `obey`: then nothing has changed */
  tell(msg: Message, now: number): void {
    const { exercise, severity } = obey(this.#wishes, commandOf(msg), this.#subject, now);
    this.#wishes = { exercise: forget(exercise, now - this.#keep, mostKept), severity };
    this.#course = this.#machine.under(this.#wishes.exercise);
  }

  /** How it sounds at that moment. */
  drive(time: number): Drive {
    const { exercise } = this.#wishes;
    return driveOf(this.state(time), exercise, time, setting(exercise, 'noise', time) ?? this.#noise);
  }

  /** Faults that came, went or changed since the last call. */
  changes(now: number): Change[] {
    const lasts = this.faults(now);
    const all = changes(this.#seen, lasts);
    this.#seen = lasts;
    return all;
  }

  /** As sensor in takes them on its wire, and as it gives them. */
  messages(time: number, now: number): Message[] {
    return this.#shown(time, (quantity, value, unit, topic) => {
      const reading: Omit<Reading, 'id'> = {
        source: this.#machine.name,
        quantity,
        value,
        unit,
        time,
        sequence: 0,
        receivedAt: now,
        clock: 'ok',
      };
      return { topic, payload: { value, unit, time }, reading } as Partial<Message> as Message;
    });
  }

  /** As a gateway sends them. */
  outgoing(time: number): Outgoing[] {
    return this.#shown(time, (_quantity, value, unit, topic) => ({
      topic,
      payload: JSON.stringify({ value, unit, time }),
    }));
  }

  #shown<T>(time: number, make: (quantity: Quantity, value: number, unit: string, topic: string) => T): T[] {
    return [...this.#topics].flatMap(([quantity, topic]) => {
      const value = this.#course.read(quantity, time);
      return value === undefined ? [] : [make(quantity, value, this.#machine.scale(quantity).unit, topic)];
    });
  }
}
