import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';

/**
 * CPU and memory of Cloudify Manager.
 */
export class CloudifySize {
  /**
   * Requests 1 CPU and 2Gi memory. The limits are 2 CPU and 4Gi memory.
   */
  public static small(): CloudifySize {
    return new CloudifySize(resources(1));
  }

  /**
   * Requests 2 CPU and 4Gi memory. The limits are 4 CPU and 8Gi memory.
   */
  public static large(): CloudifySize {
    return new CloudifySize(resources(2));
  }

  /**
   * No requests and no limits.
   */
  public static unlimited(): CloudifySize {
    return new CloudifySize({});
  }

  /**
   * Your own requests and limits.
   *
   * @param resources The requests and limits.
   */
  public static of(resources: kplus.ContainerResources): CloudifySize {
    return new CloudifySize({ ...resources });
  }

  /**
   * The requests and limits.
   */
  public readonly resources: kplus.ContainerResources;

  private constructor(resources: kplus.ContainerResources) {
    this.resources = resources;
  }
}

function resources(times: number): kplus.ContainerResources {
  return {
    cpu: { request: kplus.Cpu.units(times), limit: kplus.Cpu.units(2 * times) },
    memory: { request: Size.gibibytes(2 * times), limit: Size.gibibytes(4 * times) },
  };
}
