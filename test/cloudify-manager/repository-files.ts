import { howToInstall } from '../../devcluster/requirements.ts';
import { ROOT } from '../packages/root.ts';
import { run } from '../packages/run.ts';

/** The files of the repository, what is not committed yet included. */
export async function repositoryFiles(): Promise<string[]> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = await run('git', list, { cwd: ROOT, install: howToInstall('git') });
  return listed.split('\0').filter((file) => file !== '');
}

/** Those with tests in bats; what takes root, namespaces and loop devices is called *.container.bats. */
export async function batsFiles(ofContainers: boolean): Promise<string[]> {
  const files = (await repositoryFiles()).filter((file) => file.endsWith('.bats'));
  return files.filter((file) => file.endsWith('.container.bats') === ofContainers);
}
