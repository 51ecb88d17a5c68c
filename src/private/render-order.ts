import { ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';

/** The charts that come before others by our doing. */
const EARLIER = new WeakMap<Chart, Set<Chart>>();

/** Has objects rendered before the one that needs them, as far as their charts have an order that allows it. */
export function renderBefore(object: ApiObject, needed: readonly IConstruct[]): void {
  for (const resource of needed) {
    // What exists already is not rendered.
    const isRendered = resource instanceof kplus.Resource || ApiObject.isApiObject(resource);
    if (isRendered && mayComeBefore(Chart.of(resource), Chart.of(object))) {
      object.addDependency(resource);
    }
  }
}

function mayComeBefore(chart: Chart, later: Chart): boolean {
  if (chart === later) {
    return true;
  }
  // cdk8s puts a nested chart before the one around it, and takes no circles.
  if (chart.node.scopes.includes(later)) {
    return true;
  }
  if (later.node.scopes.includes(chart) || comesBefore(later, chart, new Set())) {
    return false;
  }
  EARLIER.set(later, (EARLIER.get(later) ?? new Set()).add(chart));
  return true;
}

/** Whether the first has to be rendered before the second, by what is known of the charts. */
function comesBefore(chart: Chart, later: Chart, seen: Set<Chart>): boolean {
  if (seen.has(later)) {
    return false;
  }
  seen.add(later);
  const earlier = [...(EARLIER.get(later) ?? []), ...later.node.dependencies.filter(Chart.isChart)];
  return earlier.some((other) => other === chart || comesBefore(chart, other, seen));
}
