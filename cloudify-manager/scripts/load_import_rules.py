"""Adds the import rules of a table to those in the manager's database, and prints how many were added.

It runs with the manager's own Python, which is 2.7 in 18.x and 19.x.
"""
import copy
import sys

from manager_rest.constants import PROVIDER_CONTEXT_ID
from manager_rest.flask_utils import setup_flask_app
from manager_rest.storage import get_storage_manager, models


def read_rules(table):
    with open(table) as lines:
        rows = [line.rstrip('\n').split('\t') for line in lines if line.strip() and not line.startswith('#')]
    return [{url: target} for url, target in rows]


def add_missing(rules, wanted):
    known = [url for rule in rules for url in rule]
    missing = [rule for rule in wanted if not any(url in known for url in rule)]
    rules[:0] = missing
    return len(missing)


def main(table):
    with setup_flask_app().app_context():
        storage = get_storage_manager()
        provider = storage.get(models.ProviderContext, PROVIDER_CONTEXT_ID)
        # A copy, since what is changed in place is not seen as changed.
        context = copy.deepcopy(provider.context)
        added = add_missing(context['cloudify']['import_resolver']['parameters']['rules'], read_rules(table))
        if added:
            provider.context = context
            storage.update(provider)
    print(added)


if __name__ == '__main__':
    main(sys.argv[1])
