import { defineNode, type PerceptError } from '../../kit/index.js';
import type { Store } from '../../store/store.js';
import { auditRequest, byUser, originOf } from '../desk/audited.js';
import { Desk } from '../desk/desk.js';
import { Journal } from '../desk/journal.js';
import { Policy } from '../policy/policy.js';
import { answerAbout, isQuestion } from './about.js';
import { serveIncident } from './incident.js';
import { changeMessage, heartbeatMessage, noticeMessage } from './messages.js';
import { requestOf } from './requests.js';
import { serveTest } from './route.js';
import { AlertConfig, journalPath } from './settings.js';
import { Shown } from './shown.js';
import { started } from './started.js';
import { wordsOf } from './words.js';

export default defineNode({
  type: 'percept-alert',
  config: AlertConfig,
  async start(context) {
    const { config, id, RED, signal } = context;
    const ready = started(RED, signal);
    const policy = new Policy(config);
    const store = await context.use<Store>(config.store, 'percept-store');
    const name = config.policy || id;
    const shown = new Shown(context, store, name, policy);
    const words = wordsOf((key, params) => context.translate(key, params));
    let trouble: string | undefined;
    const journal = new Journal({
      path: journalPath(String(RED.settings.userDir ?? process.cwd()), id),
      onProblem: (problem) => context.fail(problem),
    });
    const desk = new Desk({
      ...{ store, name, policy, words, signal, journal },
      hand: (notices) => {
        for (const notice of notices) context.send(noticeMessage(notice), null, null);
      },
      changed: (alert, steps) => {
        shown.change();
        context.send(null, changeMessage(alert, steps), null);
      },
      onProblem: (problem: PerceptError) => {
        shown.trouble();
        // an outage is told once
        if (problem.code !== trouble) context.fail(problem);
        trouble = problem.code;
      },
      onWorking: () => {
        trouble = undefined;
        shown.change(0);
      },
    });
    for (const held of await journal.load()) desk.put(held.request, held).catch((thrown) => context.fail(thrown));
    const unserve = serveTest(RED, id, desk);
    const fail = (thrown: unknown) => context.fail(thrown);
    const unserveIncident = serveIncident(RED, { store, name, policy, words, desk, config, fail });
    const beating = config.heartbeat > 0 ? setInterval(() => void beat(), config.heartbeat * 1000).unref() : undefined;
    // whoever is wired behind has to be there before the first notice is
    void ready.then(() => {
      for (const problem of policy.problems) context.fail(problem);
      desk.start();
      if (policy.problems.length === 0) shown.change(0);
    });

    return {
      async input({ msg }) {
        if (isQuestion(msg)) return [null, answerAbout(msg, name, policy), null];
        const origin = originOf(msg, name);
        const request = byUser(requestOf(msg), origin.user);
        const result = await desk.put(request);
        auditRequest(store, request, result, origin);
        const { alert, silence } = result;
        if (msg['finding'] !== undefined && alert) context.metrics.count('findings');
        return silence === undefined ? undefined : [null, { ...msg, payload: silence }, null];
      },
      async close(removed) {
        clearInterval(beating);
        unserve();
        unserveIncident();
        await ready;
        await desk.close();
        if (removed) await journal.remove();
      },
    };

    /** Only of a desk that works: whoever misses it knows that something is wrong. */
    async function beat(): Promise<void> {
      if (!desk.works) return;
      await shown.look().then(
        (figures) => context.send(null, null, heartbeatMessage(figures)),
        () => undefined,
      );
    }
  },
});
