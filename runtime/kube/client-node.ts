// A separate module, so that it is bundled separately: the library is larger than all other code together, and few runs need it.
export { KubeConfig } from '@kubernetes/client-node';
