import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { type Card, readCard } from '../inference/card.js';
import { ModelHost } from '../inference/host.js';
import { type PublicModel, publicModels } from '../inference/manifest.js';
import { pull } from '../inference/pull.js';
import { type Models, openModels } from '../inference/registry.js';
import { toPerceptError } from '../kit/index.js';
import { badOption, usualPlaces } from './options.js';
import { megabytes, speaker } from './texts.js';

const help = `percept models: the models that nodes can use.

  percept models list               every model and version; * is the one that is used
  percept models pull NAME...       download public models, checked by sha256; --all for all of them
  percept models verify [NAME...]   check every file against its card, and load it
  percept models add FILE --card CARD.json   bring a model of your own

  --user-dir DIR   of Node-RED; models are looked for in there (default .percept, else ~/.node-red)
  --models DIR     the folder of models itself`;

const say = speaker({
  none: { 'en-US': 'There are no models.', ko: '모델이 없습니다.' },
  ready: { 'en-US': 'ready', ko: '사용 가능' },
  absent: { 'en-US': 'not pulled', ko: '파일 없음' },
  hears: {
    'en-US': '[sound at {rate} Hz, {scale}, windows of {window} ms every {hop} ms]',
    ko: '[{rate} Hz 소리, {scale}, {window} ms 창, {hop} ms 간격]',
  },
  pulled: {
    'en-US': '{model} {version}: {size}, checked. Licence {licence}.',
    ko: '{model} {version}: {size}, 확인됨. 라이선스 {licence}.',
  },
  caution: { 'en-US': 'Note: {text}', ko: '주의: {text}' },
  there: {
    'en-US': '{model} {version} was here already, checked.',
    ko: '{model} {version}은(는) 이미 있으며 확인했습니다.',
  },
  right: {
    'en-US': '{model} {version} is the file of its card and runs in {runtime}.',
    ko: '{model} {version} 파일이 카드와 일치하며 {runtime}에서 실행됩니다.',
  },
  whole: { 'en-US': '{model} {version} is the file of its card.', ko: '{model} {version} 파일이 카드와 일치합니다.' },
  added: { 'en-US': '{model} {version} is in {place}.', ko: '{model} {version}을(를) {place}에 추가했습니다.' },
});

type Options = ReturnType<typeof readArguments>['values'];
type Command = (models: Models, names: readonly string[], options: Options, folder: string) => Promise<number>;

const commands: Readonly<Record<string, Command>> = { list, pull: pullAll, verify, add };

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args);
  const [name = '', ...names] = positionals;
  if (values.help || args.length === 0) {
    console.log(help);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw badOption(`"${name}" is none of ${Object.keys(commands).join(', ')}`);
  const folder = resolve(values.models ?? join(dirname(usualPlaces(values['user-dir']).store), 'models'));
  return await command(openModels({ folder }), names, values, folder);
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        'user-dir': { type: 'string' },
        models: { type: 'string' },
        card: { type: 'string' },
        all: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw badOption(cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause), cause);
  }
}

async function list(models: Models): Promise<number> {
  const all = await models.list();
  if (all.length === 0) console.log(say('none'));
  const width = Math.max(...all.map(({ card }) => card.name.length));
  const versions = Math.max(...all.map(({ card }) => card.version.length));
  for (const { card, live, present } of all) {
    const state = say(present ? 'ready' : 'absent').padEnd(10);
    const which = `${live ? '*' : ' '} ${card.name.padEnd(width)} ${card.version.padEnd(versions)}`;
    console.log(
      `${which}  ${state}  ${megabytes(card.bytes).padStart(8)}  ${card.licence}  ${card.about}${heard(card)}`,
    );
  }
  return 0;
}

/** Of what hears: what the sound must be. */
function heard({ input: { sound } }: Card): string {
  if (!sound) return '';
  const [window, hop] = [sound.window, sound.hop].map((seconds) => Number((1000 * seconds).toPrecision(4)));
  return ` ${say('hears', { rate: sound.sampleRate, scale: sound.scale, window: window ?? 0, hop: hop ?? 0 })}`;
}

async function pullAll(_: Models, names: readonly string[], options: Options, folder: string): Promise<number> {
  const all = await publicModels();
  const unknown = names.filter((name) => !all.some((model) => model.name === name));
  const known = all.map((model) => model.name).join(', ');
  if (unknown.length > 0) throw badOption(`There is no public model ${unknown.join(', ')}; there are ${known}`);
  if (names.length === 0 && !options.all) throw badOption(`Name one or more, or --all: ${known}`);
  return await each(
    all.filter((model) => options.all || names.includes(model.name)),
    (model) => pullOne(model, folder),
  );
}

async function pullOne({ name: model, ...wanted }: PublicModel, folder: string): Promise<void> {
  const { version, licence } = wanted;
  const shown = process.stderr.isTTY ? (got: number, whole: number) => progress(model, got, whole) : undefined;
  const pulled = await pull({ name: model, ...wanted }, { folder, ...(shown ? { progress: shown } : {}) });
  if (!pulled) return console.log(say('there', { model, version }));
  console.log(say('pulled', { model, version, licence, size: megabytes(pulled.card.bytes) }));
  if (pulled.card.caution) console.log(say('caution', { text: pulled.card.caution }));
}

function progress(model: string, got: number, whole: number): void {
  process.stderr.write(`\r${model} ${megabytes(got)} / ${megabytes(whole)}${got >= whole ? '\n' : ''}`);
}

async function verify(models: Models, names: readonly string[]): Promise<number> {
  const all = (await models.list()).filter(({ card, present }) =>
    names.length > 0 ? names.includes(card.name) : present,
  );
  for (const name of names) if (!all.some(({ card }) => card.name === name)) await models.find(name);
  if (all.length === 0) console.log(say('none'));
  const host = new ModelHost();
  const status = await each(all, async ({ card: { name: model, version, output } }) => {
    const found = await models.find(model, version);
    if (output.decoder === 'normal') {
      // numbers, not a network: there is nothing to load
      await found.bytes();
      return console.log(say('whole', { model, version }));
    }
    const user = await host.use(found, { policy: 'block' });
    await user.release();
    console.log(say('right', { model, version, runtime: user.facts.runtime }));
  });
  await host.close();
  return status;
}

async function add(models: Models, names: readonly string[], options: Options): Promise<number> {
  const [file, ...more] = names;
  if (file === undefined || more.length > 0 || !options.card)
    throw badOption('add takes one FILE and --card CARD.json');
  const card = readCard(await text(options.card), resolve(options.card));
  const { place } = await models.add(card, await bytes(file));
  console.log(say('added', { model: card.name, version: card.version, place }));
  return 0;
}

/** One that fails does not keep the others from their turn. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<number> {
  let status = 0;
  for (const item of items) {
    try {
      await work(item);
    } catch (thrown) {
      console.error(styleText('red', toPerceptError(thrown).localized()));
      status = 1;
    }
  }
  return status;
}

async function text(path: string): Promise<string> {
  return (await bytes(path)).toString();
}

async function bytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw badOption(`${resolve(path)} cannot be read: ${(cause as NodeJS.ErrnoException).code}`, cause);
  }
}
