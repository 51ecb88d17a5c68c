/**
 * What Cloudify Manager's systemd is given to run as process 1 of its container. Every part may be switched off, where the
 * container runtime provides for it.
 */
export interface CloudifySystemd {
  /**
   * Whether the container is privileged. If not, it has the capability `SYS_ADMIN` and no seccomp filter instead, as in
   * the `docker run` line of the image.
   *
   * @default true
   */
  readonly privileged?: boolean;

  /**
   * Whether the node's `/sys/fs/cgroup` is mounted, read-only. Switch it off only where the container runtime ignores the
   * volume that Cloudify's images declare there, which would hide the cgroups.
   *
   * @default true
   */
  readonly hostCgroup?: boolean;

  /**
   * Whether `/run` and `/run/lock` are in memory.
   *
   * @default true
   */
  readonly runTmpfs?: boolean;
}
