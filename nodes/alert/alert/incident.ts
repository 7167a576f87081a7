import type { NodeAPI } from 'node-red';
import type { PerceptError } from '../../kit/index.js';
import { toPerceptError } from '../../kit/index.js';
import type { Desk } from '../desk/desk.js';
import { knownSinceIn } from '../known-since.js';
import { linkError } from '../links/errors.js';
import type { AlertPlace } from '../links/incident.js';
import { linkKey } from '../links/key.js';
import type { Ways } from '../links/page.js';
import { type LinkPlace, serveLinks } from '../links/serve.js';
import { policyTag } from '../links/token.js';
import { linkRoot } from '../links/writer.js';
import type { AlertConfig } from './settings.js';

export interface IncidentParts extends AlertPlace {
  readonly desk: Desk;
  readonly config: AlertConfig;
  readonly fail: (thrown: unknown) => void;
}

/** By the tag of their policy: several may share a name. */
const places = new Map<string, Set<LinkPlace>>();
const served = new WeakSet<object>();

/** Serves the pages that links in this node's notices lead to. @returns what ends it */
export function serveIncident(RED: NodeAPI, parts: IncidentParts): () => void {
  const { desk, config, fail, ...place } = parts;
  const tag = policyTag(place.name);
  const one: LinkPlace = {
    ...{ ...place, ways: waysOf(config, fail), onProblem: fail },
    acknowledge: async (id, by) => {
      // who did so over which channel and from where, the page writes into the audit log
      const { alert } = await desk.put({ type: 'acknowledge', which: { id }, by });
      return alert?.by;
    },
  };
  places.set(tag, (places.get(tag) ?? new Set()).add(one));
  route(RED);
  return () => {
    const all = places.get(tag);
    all?.delete(one);
    if (all?.size === 0) places.delete(tag);
  };
}

/** A route of Express can't be taken back: one serves all alert nodes there are. */
function route(RED: NodeAPI): void {
  if (!RED.httpNode || served.has(RED.httpNode)) return;
  served.add(RED.httpNode);
  let key: Buffer | undefined;
  const answer = serveLinks({
    key: () => (key ??= linkKey(RED.settings.userDir ?? '.')),
    places: (policy) => [...(places.get(policy) ?? [])],
    knownSince: knownSinceIn(RED.settings),
    onProblem: (thrown) => RED.log.warn(`percept-alert: ${toPerceptError(thrown).localized()}`),
  });
  const path = linkRoot('/');
  RED.httpNode.all(`${path}:token`, answer);
  RED.httpNode.all(`${path}:token/evidence/:picture`, answer);
}

/** What cannot be used is told and left out: nobody is to miss an alert for it. */
function waysOf({ live, call }: AlertConfig, fail: (problem: PerceptError) => void): Ways {
  const isAddress = /^(?:\/(?!\/)|https?:\/\/)/.test(live);
  const isNumber = /^\+?[\d\s().-]{2,24}$/.test(call);
  if (live && !isAddress) fail(linkError('links-live', { address: live }));
  if (call && !isNumber) fail(linkError('links-call', { number: call }));
  return { ...(live && isAddress ? { live } : {}), ...(call && isNumber ? { call } : {}) };
}
