/**
 * Settings of Cloudify Manager's container for systemd, which runs as process 1. Switch off a setting only if the
 * container runtime provides it already.
 */
export interface CloudifySystemd {
  /**
   * Whether the container is privileged. If not, the container has the capability `SYS_ADMIN` and no seccomp filter
   * instead, like in the `docker run` command of the image's documentation.
   *
   * @default true
   */
  readonly privileged?: boolean;

  /**
   * Whether the node's `/sys/fs/cgroup` is mounted, read-only. Cloudify's images declare a volume at that path, which
   * would hide the cgroups. Switch this off only if the container runtime ignores such volumes.
   *
   * @default true
   */
  readonly hostCgroup?: boolean;

  /**
   * Whether `/run` and `/run/lock` are volumes in memory.
   *
   * @default true
   */
  readonly runTmpfs?: boolean;
}
