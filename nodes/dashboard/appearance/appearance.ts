import type { Node, NodeAPI, NodeDef } from 'node-red';
import { languageSetting } from '../node/widget.js';

interface Config extends NodeDef {
  readonly ui: string;
  readonly light: string;
  readonly dark: string;
}

interface Base {
  register(page: null, group: null, node: Node, config: object, events: object): void;
  registerTheme(theme: Node): void;
}

/** Belongs to a whole dashboard, not to a group: it sits in the bar above every page. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('ui-percept-appearance', function (this: Node, config: Config) {
    RED.nodes.createNode(this, config);
    const base = RED.nodes.getNode(config.ui) as (Node & Base) | null;
    if (!base) {
      this.status({ fill: 'red', shape: 'dot', text: RED._('appearance.status.no-dashboard') });
      return;
    }
    // the dashboard sends pages only those themes that a page uses
    for (const id of [config.light, config.dark]) {
      const theme = RED.nodes.getNode(id);
      if (theme) base.registerTheme(theme);
    }
    base.register(null, null, this, { ...config, language: languageSetting(RED) }, {});
  });
}
