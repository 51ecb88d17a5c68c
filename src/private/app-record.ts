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
 * What this package keeps of an app: what its constructs have declared so far, and the model for the validation that is going on.
 *
 * cdk8s hands a cache of its own from function to function (`SynthRequestCache`), but it calls a validation without arguments, and
 * the App is somebody else's. So the root of the app leads here. The map is weak, so that a record ends with its app.
 */
export class AppRecord {
  /** The record of the app that a construct is in. */
  public static of(construct: IConstruct): AppRecord {
    const { root } = construct.node;
    const record = RECORDS.get(root) ?? new AppRecord(root);
    RECORDS.set(root, record);
    return record;
  }

  /** What is written to kubeconfigs, in the order of the constructs that write it. */
  public readonly entries: Entry[] = [];

  /** Who keeps a kubeconfig under which key of which object, in the order of the constructs. */
  public readonly kubeconfigs: KubeconfigUse[] = [];

  /** Which objects our constructs name, in the order of the constructs; those within another come before it. */
  public readonly namings: Naming[] = [];

  /** The props of constructs that others make, by path: what stands before their names, as in `init.location`. */
  public readonly propPrefixes = new Map<string, string>();

  /** Metadata that has been judged as that of the construct that hands it on. */
  public readonly judgedMetadata = new Set<ApiObjectMetadata>();

  /** The ports of refreshers, which cdk8s-plus does not know (see `addRefresher`). */
  public readonly refreshPorts = new Map<kplus.Container, number>();

  /** Our containers in each pod, in the order in which they were added. */
  public readonly programContainers = new Map<kplus.AbstractPod, readonly kplus.Container[]>();

  /** The charts that have constructs of ours. */
  public readonly charts = new Set<Chart>();

  /** For each chart those that are rendered before it because `renderBefore` made an object of it depend on one of theirs. */
  public readonly earlierCharts = new Map<Chart, Set<Chart>>();

  private readonly root: IConstruct;
  private readonly rules = new Set<Rule>();
  private model?: AppModel;
  /** The rules that the model has not served yet. */
  private unserved = new Set<Rule>();

  private constructor(root: IConstruct) {
    this.root = root;
    // cdk8s begins with the root. So what single constructs were asked before (`node.validate()`) does not count.
    root.node.addValidation({
      validate: () => {
        this.unserved.clear();
        return [];
      },
    });
  }

  /** Adds a rule, whose mistakes are reported as the construct's. */
  public addRule(construct: IConstruct, rule: Rule): void {
    this.rules.add(rule);
    construct.node.addValidation({ validate: () => [...rule(this.modelFor(rule))] });
  }

  /**
   * The model for a rule that is asked: one for all rules of a validation, in whatever order they are asked. Nothing tells that a
   * validation begins. But each validation asks every rule once, so a rule that has been served by the last model, or is newer
   * than it, is asked by the next validation.
   */
  private modelFor(rule: Rule): AppModel {
    if (this.model === undefined || !this.unserved.delete(rule)) {
      this.model = appModel(this.root, this);
      this.unserved = new Set(this.rules);
      this.unserved.delete(rule);
    }
    return this.model;
  }
}
