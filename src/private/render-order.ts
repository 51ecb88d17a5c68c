import { type ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { apiObjectOf } from './api-objects';
import { AppRecord } from './app-record';

type EarlierCharts = AppRecord['earlierCharts'];

/** Renders the needed objects before the object that needs them, if the order of their charts allows it. */
export function renderBefore(object: ApiObject, needed: readonly IConstruct[]): void {
  const { earlierCharts } = AppRecord.of(object);
  for (const resource of needed) {
    // Objects that exist already are not rendered.
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
  // cdk8s renders a nested chart before its parent, and does not allow dependency cycles.
  if (chart.node.scopes.includes(later)) {
    return true;
  }
  if (later.node.scopes.includes(chart) || comesBefore(later, chart, earlierCharts, new Set())) {
    return false;
  }
  earlierCharts.set(later, (earlierCharts.get(later) ?? new Set()).add(chart));
  return true;
}

/** Whether the known dependencies make the first chart come before the second. */
function comesBefore(chart: Chart, later: Chart, earlierCharts: EarlierCharts, seen: Set<Chart>): boolean {
  if (seen.has(later)) {
    return false;
  }
  seen.add(later);
  const earlier = [...(earlierCharts.get(later) ?? []), ...later.node.dependencies.filter(Chart.isChart)];
  return earlier.some((other) => other === chart || comesBefore(chart, other, earlierCharts, seen));
}
