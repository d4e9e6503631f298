"""Judges a run: python check.py <rpc url> <genesis.json> <observed folder> <kept folder> [theirs]

With `theirs`, only what is about patients whom a client wrote of.

The last line on stdout is JSON: {"passed", "failed", "rules": {name: {"broken", "chances", "bound"}}}. `bound` is 3/n: of n
chances without a fault, more than that share is faulty with a likelihood below 5 %. A rule without a chance fails: the run
says nothing about it.
"""
import json, sys
from ledger import read_ledger
from receipts import receipts_of
from rules import RULES
from world import World, read_kept, read_observed, theirs

SHOWN = 5

def judge(world, rules=RULES):
    """{rule: (sentences of what breaks it, chances)}"""
    return {name: rule(world) for name, rule in rules.items()}

def main(rpc, genesis, observed, kept, whose=None):
    world = World()
    read_observed(observed, world, receipts_of(genesis))
    read_kept(kept, world)
    read_ledger(rpc, genesis, world)
    verdicts, told = judge(theirs(world) if whose == "theirs" else world), {}
    for name, (broken, chances) in verdicts.items():
        bound = f"< {3 / chances:.1g}" if chances and not broken else "-"
        print(f"{'ok   ' if chances and not broken else 'FAIL '} {name:52} {len(broken):6} of {chances:7}  {bound}", file=sys.stderr)
        for sentence in broken[:SHOWN]: print("        " + sentence, file=sys.stderr)
        if len(broken) > SHOWN: print(f"        and {len(broken) - SHOWN} more", file=sys.stderr)
        if not chances: print("        nothing to judge: the run had no chance to break it", file=sys.stderr)
        told[name] = {"broken": len(broken), "chances": chances, "bound": 3 / chances if chances else None}
    failed = sum(1 for broken, chances in verdicts.values() if broken or not chances)
    print(json.dumps({"passed": len(verdicts) - failed, "failed": failed, "rules": told}))
    return 1 if failed else 0

if __name__ == "__main__":
    if len(sys.argv) not in (5, 6) or sys.argv[5:] not in ([], ["theirs"]): sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
