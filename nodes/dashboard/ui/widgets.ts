import 'uplot/dist/uPlot.min.css';
import './shared/percept.css';
import PerceptChart from './chart/PerceptChart.vue';

/** The dashboard looks for each widget under `window[its type]`; one script for all lets them share code. */
const widgets = {
  'ui-percept-chart': { PerceptChart },
};
Object.assign(window, widgets);

export default widgets;
