#!/usr/bin/env node
// Kept loadable by old Nodes: they are told so instead of being shown a stack.
const needed = [22, 13] as const;

const commands: Record<string, { about: string; load: () => Promise<{ run(args: string[]): Promise<number> }> }> = {
  demo: { about: 'start Node-RED with a small plant, the flows and the dashboard', load: () => import('./demo.js') },
  backup: { about: 'copy the store into a bucket while it is in use', load: () => import('./backup.js') },
  restore: { about: 'bring a store back from a backup', load: () => import('./restore.js') },
  users: { about: 'who may come in, and as what', load: () => import('./users.js') },
  audit: { about: 'who came in and did what', load: () => import('./audit.js') },
  models: { about: 'list, download, check and add models', load: () => import('./models.js') },
  doctor: { about: 'check the store, the bucket and this machine', load: () => import('./doctor.js') },
};

async function main([name = '--help', ...args]: string[]): Promise<number> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
    console.error(
      `Percept needs Node.js ${needed.join('.')} or newer; this is ${process.versions.node}. Get one from https://nodejs.org`,
    );
    return 1;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const list = Object.entries(commands).map(([word, { about }]) => `  percept ${word.padEnd(8)} ${about}`);
    const text = ['Percept gives Node-RED senses.', '', ...list, '', 'percept COMMAND --help tells the options.'].join(
      '\n',
    );
    if (name === '--help' || name === 'help') console.log(text);
    else console.error(`There is no command "${name}".\n\n${text}`);
    return name === '--help' || name === 'help' ? 0 : 2;
  }
  const { run } = await command.load();
  return run(args);
}

// whoever reads along (head, less) has seen enough
process.stdout.on('error', (problem: NodeJS.ErrnoException) => {
  if (problem.code !== 'EPIPE') throw problem;
  process.exit();
});

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  async (thrown: unknown) => {
    const { toPerceptError, redactText } = await import('../kit/index.js');
    const problem = toPerceptError(thrown);
    console.error(redactText(problem.localized()));
    if (problem.code === 'unexpected' && problem.cause instanceof Error)
      console.error(redactText(problem.cause.stack ?? ''));
    process.exitCode = 1;
  },
);
