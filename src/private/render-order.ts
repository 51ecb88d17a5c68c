import { type ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { apiObjectOf } from './api-objects';
import { AppRecord } from './app-record';

type EarlierCharts = AppRecord['earlierCharts'];

/** Has objects rendered before the one that needs them, as far as their charts have an order that allows it. */
export function renderBefore(object: ApiObject, needed: readonly IConstruct[]): void {
  const { earlierCharts } = AppRecord.of(object);
  for (const resource of needed) {
    // What exists already is not rendered.
    if (
      apiObjectOf(resource) !== undefined &&
      mayComeBefore(Chart.of(resource), Chart.of(object), earlierCharts)
    ) {
      object.addDependency(resource);
    }
  }
}

function mayComeBefore(chart: Chart, later: Chart, earlierCharts: EarlierCharts): boolean {
  if (chart === later) {
    return true;
  }
  // cdk8s puts a nested chart before the one around it, and takes no circles.
  if (chart.node.scopes.includes(later)) {
    return true;
  }
  if (later.node.scopes.includes(chart) || comesBefore(later, chart, earlierCharts, new Set())) {
    return false;
  }
  earlierCharts.set(later, (earlierCharts.get(later) ?? new Set()).add(chart));
  return true;
}

/** Whether the first has to be rendered before the second, by what is known of the charts. */
function comesBefore(chart: Chart, later: Chart, earlierCharts: EarlierCharts, seen: Set<Chart>): boolean {
  if (seen.has(later)) {
    return false;
  }
  seen.add(later);
  const earlier = [...(earlierCharts.get(later) ?? []), ...later.node.dependencies.filter(Chart.isChart)];
  return earlier.some((other) => other === chart || comesBefore(chart, other, earlierCharts, seen));
}
