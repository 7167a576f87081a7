import 'uplot/dist/uPlot.min.css';
import './shared/percept.css';
import PerceptAlerts from './alerts/PerceptAlerts.vue';
import PerceptAppearance from './appearance/PerceptAppearance.vue';
import PerceptChart from './chart/PerceptChart.vue';
import PerceptDeadLetters from './dead-letters/PerceptDeadLetters.vue';
import PerceptFindings from './findings/PerceptFindings.vue';
import PerceptMachines from './machines/PerceptMachines.vue';
import PerceptSources from './sources/PerceptSources.vue';
import PerceptSpectrogram from './spectrogram/PerceptSpectrogram.vue';
import PerceptTiles from './tiles/PerceptTiles.vue';

/** The dashboard looks for each widget under `window[its type]`; one script for all lets them share code. */
const widgets = {
  'ui-percept-alerts': { PerceptAlerts },
  'ui-percept-appearance': { PerceptAppearance },
  'ui-percept-chart': { PerceptChart },
  'ui-percept-dead-letters': { PerceptDeadLetters },
  'ui-percept-findings': { PerceptFindings },
  'ui-percept-machines': { PerceptMachines },
  'ui-percept-sources': { PerceptSources },
  'ui-percept-spectrogram': { PerceptSpectrogram },
  'ui-percept-tiles': { PerceptTiles },
};
Object.assign(window, widgets);

export default widgets;
