// A module of its own, since it is bundled apart: the library is larger than all the rest, and few runs need it.
export { KubeConfig } from '@kubernetes/client-node';
