import { expect, test } from 'vitest';
import { helpText } from '../../../runtime/cli/help.ts';
import { ADD, SITES } from './fixtures/table.ts';

test('tells all that the table has', () => {
  expect(helpText(ADD, 'sites add')).toBe(`sites add - add a site's entry

Adds an entry.
It keeps the others.

Usage:
  sites add --namespace NAMESPACE SITE [LABEL...] [flags]

Arguments:
  SITE                       name of the site
  [LABEL...]                 labels of it

What:
  -n, --namespace NAMESPACE  where it is (required)
  -f, --file FILE            read it from this file
      --folder FOLDER        read it from this folder
      --header TEXT          a header (may be repeated)

How:
      --source SOURCE        mounted or request (default mounted)
                             mounted: the own one
      --expiration DURATION  request: its life
  -w, --watch                keep running
      --port PORT            port with --watch (default 80)
      --log-format FORMAT    text or json (default text)
  -h, --help                 print this help

Example:
  sites add berlin --namespace=n`);
});

test('lists subcommands', () => {
  expect(helpText(SITES, 'sites')).toBe(`sites - keep the sites of a kubeconfig

Usage:
  sites COMMAND [flags]

Commands:
  add            add a site's entry
  list           list: the sites, "all" of them
  token          what tokens need
  completion     print the completion script of a shell

Flags:
  -h, --help     print this help
  -V, --version  print the version

Run \`sites COMMAND --help\` to see the flags of a command.`);
});
