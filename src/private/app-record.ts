import type { ApiObjectMetadata, Chart } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { type AppModel, appModel } from './app-model';
import type { Naming } from './validation/duplicate-names';
import type { Entry } from './validation/entries';
import type { KubeconfigUse } from './validation/kubeconfig';

/** Returns the mistakes that can be seen when the app is complete. */
export type Rule = (app: AppModel) => readonly string[];

/** The record of each app, by its root (see `AppRecord`). */
const RECORDS = new WeakMap<IConstruct, AppRecord>();

/**
 * What this package stores about an app: the declarations of its constructs, and the model for the current validation.
 *
 * cdk8s passes its own cache from function to function (`SynthRequestCache`). But it calls validations without
 * arguments, and we cannot add a field to the App. So a WeakMap finds the record by the root of the app. The map is
 * weak, so that a record ends with its app.
 */
export class AppRecord {
  /** The record of the app that a construct is in. */
  public static of(construct: IConstruct): AppRecord {
    const { root } = construct.node;
    const record = RECORDS.get(root) ?? new AppRecord(root);
    RECORDS.set(root, record);
    return record;
  }

  /** The entries of kubeconfigs, in the order of the constructs that write them. */
  public readonly entries: Entry[] = [];

  /** The objects and keys with kubeconfigs, in the order of the constructs that use them. */
  public readonly kubeconfigs: KubeconfigUse[] = [];

  /** The objects that our constructs name, in the order of the constructs. Inner constructs come before outer ones. */
  public readonly namings: Naming[] = [];

  /**
   * The prefix of a construct's props in messages, if another construct creates it: `init.` in `init.location`. The key
   * is the construct's path.
   */
  public readonly propPrefixes = new Map<string, string>();

  /** Metadata that an outer construct has checked already, before it passes it to an inner one. */
  public readonly checkedMetadata = new Set<ApiObjectMetadata>();

  /** The ports of refreshers, which cdk8s-plus does not know (see `addRefresher`). */
  public readonly refreshPorts = new Map<kplus.Container, number>();

  /** Our containers in each pod, in the order in which they were added. */
  public readonly programContainers = new Map<kplus.AbstractPod, readonly kplus.Container[]>();

  /** The charts that have our constructs. */
  public readonly charts = new Set<Chart>();

  /**
   * For each chart, the charts that must be rendered before it, because `renderBefore` added a dependency between their
   * objects.
   */
  public readonly earlierCharts = new Map<Chart, Set<Chart>>();

  private readonly root: IConstruct;
  private readonly rules = new Set<Rule>();
  private model?: AppModel;
  /** The rules that have not asked for the model yet. */
  private pendingRules = new Set<Rule>();

  private constructor(root: IConstruct) {
    this.root = root;
    // cdk8s validates the root first. This clears the rules of earlier `node.validate()` calls on single constructs.
    root.node.addValidation({
      validate: () => {
        this.pendingRules.clear();
        return [];
      },
    });
  }

  /** Adds a rule. Its mistakes are reported as mistakes of the construct. */
  public addRule(construct: IConstruct, rule: Rule): void {
    this.rules.add(rule);
    construct.node.addValidation({ validate: () => [...rule(this.modelFor(rule))] });
  }

  /**
   * The model for a rule. All rules of a validation get the same model, in any order. cdk8s gives no signal when a
   * validation begins. But each validation runs every rule once. So when a rule asks for the model a second time, or
   * was added after the model was built, a new validation has begun.
   */
  private modelFor(rule: Rule): AppModel {
    if (this.model === undefined || !this.pendingRules.delete(rule)) {
      this.model = appModel(this.root, this);
      this.pendingRules = new Set(this.rules);
      this.pendingRules.delete(rule);
    }
    return this.model;
  }
}
