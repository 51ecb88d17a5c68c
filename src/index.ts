export * from './cloudify-manager';
export * from './container-image';
export * from './multisite-init';
export * from './multisite-init-job';
export * from './multisite-init-options';
export * from './multisite-kubeconfig';
export * from './site-credential';
