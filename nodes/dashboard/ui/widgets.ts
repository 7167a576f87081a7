import 'uplot/dist/uPlot.min.css';
import './shared/percept.css';
import PerceptAppearance from './appearance/PerceptAppearance.vue';
import PerceptChart from './chart/PerceptChart.vue';
import PerceptDeadLetters from './dead-letters/PerceptDeadLetters.vue';
import PerceptFindings from './findings/PerceptFindings.vue';
import PerceptSources from './sources/PerceptSources.vue';
import PerceptTiles from './tiles/PerceptTiles.vue';

/** The dashboard looks for each widget under `window[its type]`; one script for all lets them share code. */
const widgets = {
  'ui-percept-appearance': { PerceptAppearance },
  'ui-percept-chart': { PerceptChart },
  'ui-percept-dead-letters': { PerceptDeadLetters },
  'ui-percept-findings': { PerceptFindings },
  'ui-percept-sources': { PerceptSources },
  'ui-percept-tiles': { PerceptTiles },
};
Object.assign(window, widgets);

export default widgets;
