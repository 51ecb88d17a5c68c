/**
 * A bash command that lists what a copy of a folder must have: names, kinds, link counts, owners, modes, sizes, times and
 * extended attributes, the capabilities among them; not the directories' own sizes and times.
 *
 * @param leaveOut names of files that differ for a reason
 */
export function listing(folder: string, leaveOut: readonly string[]): string {
  const kept = leaveOut.map((name) => `! -name '${name}'`).join(' ');
  return [
    `(cd ${folder}`,
    `find . -type d -printf '%p %U:%G %m\\n' | sort`,
    `find . ! -type d ${kept} -printf '%p %y %l %n %U:%G %m %s %T@\\n' | sort`,
    'find . -print0 | sort --zero-terminated | xargs --null getfattr --no-dereference --dump --match=-)',
  ].join('; ');
}
