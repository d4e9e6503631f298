"""The rules tried on histories that are made up: a good one passes, and each fault is found by the rules that it breaks, and by no other.

python selftest.py; the last line on stdout is JSON, as the second client's. Random good histories: SEED=n plays one again.
"""
import copy, json, os, random, sys
from check import judge
from client import msg, public_of, signed
from receipts import proves
from rules import RULES
from world import Access, Alert, Anchored, Asked, Back, Fetched, Listed, Pinned, Posted, Released, Terms, World, theirs

READER, ORGANISATION = "1" * 40, "2" * 40

CHECKS = []

def check(name, ok):
    CHECKS.append(ok)
    print(("ok    " if ok else "FAIL  ") + name, file=sys.stderr)

class Maker:
    """Plays patients, devices and readers on an imagined platform without faults; what clients see may be cut off."""
    def __init__(self, rng):
        self.rng, self.world, self.now, self.height, self.ids, self.indexes, self.versions = rng, World(), 1_000, 1, 0, {}, {}

    def id(self):
        self.ids += 1
        return f"{self.ids:064x}"

    def step(self):
        """Time goes on, and with it the chain: what is done now is behind all that was."""
        self.now += self.rng.randrange(1, 500)
        self.height += 1
        return (self.height, 0)

    def post(self, patient, number):
        sent, record = self.now, self.id()
        place = self.step()
        seen = self.rng.random() < 0.9
        self.world.posted.append(Posted(patient, record, sent, self.now if seen else None, "accepted" if seen else "unknown", True if seen else None))
        # What nobody acknowledged may be there or not.
        if not seen and self.rng.random() < 0.5: return
        self.world.anchored.append(Anchored(place, patient, record, (patient, 1, number), f"c{record}"))
        self.world.pinned += [Pinned(peer, f"c{record}") for peer in self.rng.sample(range(3), 2)]

    def put(self, patient, grant, revokes):
        self.now += 1
        sent, tx = self.now, self.id()
        place = self.step()
        self.versions[grant] = self.versions.get(grant, 0) + 1
        self.world.terms.append(Terms(place, patient, grant, tx, self.versions[grant], revokes))
        seen = self.rng.random() < 0.9
        self.world.asked.append(Asked("revoke" if revokes else "grant", patient, tx, sent, self.now if seen else None, "committed" if seen else "unknown", grant))

    def request(self, patient, grant, permit):
        self.now += 1
        sent, tx = self.now, self.id()
        place = self.step()
        self.indexes[patient] = self.indexes.get(patient, -1) + 1
        self.world.accesses.append(Access(place, patient, tx, grant, permit, self.indexes[patient], sent, READER, ORGANISATION))
        self.world.asked.append(Asked("request", patient, tx, sent, self.now, "permitted" if permit else "refused", grant))
        self.step()
        self.alert(patient, "ACCESS_PERMITTED" if permit else "ACCESS_REFUSED", tx)
        return tx

    def alert(self, patient, kind, subject):
        self.world.alerts.append(Alert(patient, self.id(), kind, subject, self.now, READER, ORGANISATION))

    def fetch(self, patient, tx, opened):
        sent = self.now
        self.step()
        if opened:
            self.world.released.append(Released(tx, 1, self.now, tx, self.height + 1))
            self.alert(patient, "KEYS_RELEASED", f"{tx}{1:08x}{tx}")
        self.step()
        self.world.fetched.append(Fetched(patient, tx, sent, self.now, "opened" if opened else "refused", self.rng.choice((True, None)) if opened else None))

    def list(self, patient):
        self.now += 60_000
        self.world.listed.append(Listed(patient, self.now, self.now, [one.id for one in self.world.alerts if one.patient == patient]))

def good(rng):
    """A history with at least one chance for every rule."""
    maker = Maker(rng)
    for turn in range(rng.randrange(2, 6)):
        for patient in ("aa", "bb"):
            grant = f"{patient}{turn:02x}"
            for i in range(rng.randrange(2, 5)): maker.post(patient, 10 * turn + i)
            maker.put(patient, grant, False)
            tx = maker.request(patient, grant, True)
            maker.fetch(patient, tx, True)
            maker.request(patient, "00", False)
            maker.put(patient, grant, True)
            # As if its answer had been seen: the chance that the rule needs.
            maker.world.asked[-1].answered, maker.world.asked[-1].outcome = maker.now, "committed"
            maker.step()
            maker.fetch(patient, tx, False)
            maker.request(patient, grant, False)
    for patient in ("aa", "bb"): maker.list(patient)
    return maker.world

def first(things, **wanted): return next(one for one in things if all(getattr(one, k) == v for k, v in wanted.items()))

def accepted(w): return first(w.posted, outcome="accepted")
def entry(w): return first(w.anchored, record=accepted(w).record)
def refusal(w): return first(w.accesses, permit=False)
def opened(w): return first(w.fetched, outcome="opened")
def alert(w, tx): return first(w.alerts, subject=tx)
def key_alert(w, tx): return first(w.alerts, subject=f"{tx}{1:08x}{tx}")
def tried_late(w): return first(w.fetched, outcome="refused")
def released(w): return first(w.released, tx=opened(w).tx)
def ended(w): return first(w.terms, revokes=True)
def late_grant(w): return first(w.accesses, tx=tried_late(w).tx)
def other(patient): return "bb" if patient == "aa" else "aa"

def tell(w, patient, kind, subject, at):
    """An alert that is shown as well."""
    w.alerts.append(Alert(patient, "x", kind, subject, at, READER, ORGANISATION))
    for one in w.listed:
        if one.patient == patient: one.alerts.append("x")

def release(w, tx, number, at, height):
    """An answer of a permit that is written down and told."""
    w.released.append(Released(tx, number, at, "e" * 64, height))
    tell(w, first(w.accesses, tx=tx).patient, "KEYS_RELEASED", w.released[-1].subject, at)

def tell_another(w, one):
    """She is told, and shown, what is somebody else's."""
    for listed in w.listed: listed.alerts = [*listed.alerts, one.id] if listed.patient == other(one.patient) else [id for id in listed.alerts if id != one.id]
    one.patient = other(one.patient)

def open_late(w):
    """A fetch after the revocation brings keys: policy asked what was decided, and not what stands."""
    one = tried_late(w)
    one.outcome = "opened"
    release(w, one.tx, 2, one.answered, released(w).height)

def cut_late(w):
    """Policy opened it by a state that had the revocation; the answer never came."""
    one = tried_late(w)
    one.outcome, one.answered = "unknown", None
    release(w, one.tx, 2, one.sent + 1, first(w.terms, grant=late_grant(w).grant, revokes=True).place[0] + 1)

def entry_after_key(w): first(w.accesses, tx=opened(w).tx).place = (released(w).height, 0)

# (what happens, how it is done to a good history, the rules that must find it)
FAULTS = [
    ("an acknowledged record never comes", lambda w: w.anchored.remove(entry(w)), {"acknowledged and lost"}),
    ("a record is anchored twice", lambda w: w.anchored.append(Anchored((9, 9), "aa", entry(w).record, ("aa", 1, 999), entry(w).content)), {"anchored twice"}),
    ("a number is anchored twice, with another record", lambda w: (w.anchored.append(Anchored((9, 9), "cc", "f" * 64, entry(w).number))), {"anchored twice"}),
    ("a record that no device posted", lambda w: w.anchored.append(Anchored((9, 9), "aa", "e" * 64, ("aa", 1, 998))), {"anchored and never posted"}),
    ("keys for a request that the ledger does not have", lambda w: (w.fetched.append(Fetched("aa", "d" * 64, 1, 10**9, "opened")), w.released.append(Released("d" * 64, 1, 2, "d" * 64, 1)), tell(w, "aa", "ACCESS_PERMITTED", "d" * 64, 2)), {"released without an entry", "alerted and never happened", "released and not told"}),
    ("keys for a refused request", lambda w: (w.fetched.append(Fetched(refusal(w).patient, refusal(w).tx, 1, 10**9, "opened")), w.released.append(Released(refusal(w).tx, 1, 2, "d" * 64, 1)), tell(w, refusal(w).patient, "ACCESS_PERMITTED", refusal(w).tx, 2)), {"released without an entry", "an entry without its alert", "released and not told"}),
    ("policy opens for nobody", lambda w: w.released.append(Released("d" * 64, 1, 2, "d" * 64, 1)), {"released without an entry", "released and not told"}),
    ("that keys left is not told", lambda w: w.alerts.remove(key_alert(w, opened(w).tx)), {"released and not told"}),
    ("a second answer is told as the first", lambda w: w.released.append(Released(opened(w).tx, 2, released(w).at, opened(w).tx, released(w).height)), {"released and not told"}),
    ("an answer is told as one that a restored database forgot", lambda w: w.released.append(Released(opened(w).tx, 1, released(w).at, "d" * 64, released(w).height)), {"released and not told"}),
    ("policy writes nothing down", lambda w: (w.released.remove(released(w)), w.alerts.remove(key_alert(w, opened(w).tx))), {"released and not written down"}),
    ("policy writes nothing down, and tells", lambda w: w.released.remove(released(w)), {"released and not written down", "alerted and never happened"}),
    ("policy answers twice and writes down one answer", lambda w: w.fetched.append(Fetched(opened(w).patient, opened(w).tx, opened(w).answered + 1, opened(w).answered + 2, "opened")), {"released and not written down"}),
    ("the alert comes behind the key", lambda w: setattr(alert(w, opened(w).tx), "queued", opened(w).answered + 1), {"released without an alert"}),
    ("the alert is there at the key, and nobody can read it yet: its transaction goes on", lambda w: setattr(opened(w), "alerted", False), {"released without an alert"}),
    ("a permit is never alerted", lambda w: w.alerts.remove(alert(w, opened(w).tx)), {"released without an alert", "an entry without its alert"}),
    ("a refusal is never alerted", lambda w: w.alerts.remove(alert(w, refusal(w).tx)), {"an entry without its alert"}),
    ("the alert goes to somebody else", lambda w: setattr(alert(w, refusal(w).tx), "patient", "cc"), {"an entry without its alert", "alerted and never happened"}),
    ("that keys left is told to another patient", lambda w: tell_another(w, key_alert(w, opened(w).tx)), {"released and not told", "alerted and never happened"}),
    ("that keys left is told, and names another reader", lambda w: setattr(key_alert(w, opened(w).tx), "reader", "0" * 40), {"told of somebody else"}),
    ("a permit is told, and names another organisation", lambda w: setattr(alert(w, opened(w).tx), "organisation", "0" * 40), {"told of somebody else"}),
    ("a refusal is told, and names nobody", lambda w: setattr(alert(w, refusal(w).tx), "reader", None), {"told of somebody else"}),
    ("that keys left is told hours late", lambda w: setattr(key_alert(w, opened(w).tx), "queued", 10**7), {"told late"}),
    ("a refusal is told hours late", lambda w: setattr(alert(w, refusal(w).tx), "queued", 10**7), {"told late"}),
    ("alerts are kept, and her list is empty", lambda w: w.listed[0].alerts.clear(), {"kept and not shown"}),
    ("one alert is kept, and not in her list", lambda w: w.listed[1].alerts.pop(), {"kept and not shown"}),
    ("the alert says the opposite", lambda w: setattr(alert(w, refusal(w).tx), "kind", "ACCESS_PERMITTED"), {"an entry without its alert"}),
    ("an alert comes twice", lambda w: tell(w, refusal(w).patient, "ACCESS_REFUSED", refusal(w).tx, 3), {"alerted twice"}),
    ("an alert of nothing", lambda w: tell(w, "aa", "ACCESS_REFUSED", "c" * 64, 3), {"alerted and never happened"}),
    ("told of keys that never left", lambda w: tell(w, "aa", "KEYS_RELEASED", f"{'c' * 64}{1:08x}{'c' * 64}", 5), {"alerted and never happened"}),
    ("told of an answer that policy did not give", lambda w: tell(w, opened(w).patient, "KEYS_RELEASED", f"{opened(w).tx}{2:08x}{'c' * 64}", 5), {"alerted and never happened"}),
    ("told that a record was refused that no device posted", lambda w: tell(w, "aa", "RECORD_REFUSED", "9" * 64, 5), {"alerted and never happened"}),
    ("keys after the revocation was acknowledged", open_late, {"released after an acknowledged revocation"}),
    ("policy opens by a state that has the revocation, and the answer never comes", cut_late, {"released after an acknowledged revocation"}),
    ("policy opens long after the revocation, by an old state, for a stranger", lambda w: release(w, tried_late(w).tx, 2, tried_late(w).sent + 10**6, released(w).height), {"released after an acknowledged revocation"}),
    ("the entry comes behind the key, by the ledger's order", entry_after_key, {"released without an entry"}),
    ("the entry comes behind the key, by the clock", lambda w: setattr(first(w.accesses, tx=opened(w).tx), "time", opened(w).answered + 2_000), {"released without an entry"}),
    ("what came for a receipt is none", lambda w: setattr(accepted(w), "proven", False), {"acknowledged without a receipt"}),
    ("an acknowledged record is anchored, and no peer has its ciphertext", lambda w: setattr(w, "pinned", [one for one in w.pinned if one.content != entry(w).content]), {"acknowledged and held by no peer"}),
    ("a grant's version goes back", lambda w: setattr(w.terms[0], "version", 99), {"versions of a grant"}),
    ("a permit after the revocation, by the ledger", lambda w: setattr(max(w.accesses, key=lambda a: a.place), "permit", True), {"permitted after a revocation, by the ledger's order", "an entry without its alert", "answered otherwise than decided"}),
    ("a reader is told permitted, and was refused", lambda w: setattr(first(w.asked, tx=refusal(w).tx), "outcome", "permitted"), {"answered otherwise than decided"}),
    ("a revocation is told committed, and is not there", lambda w: w.asked.append(Asked("revoke", "aa", "b" * 64, 10**9, 10**9 + 1, "committed", "aaff")), {"answered otherwise than decided"}),
    ("a later request stands before an earlier one", lambda w: setattr(max((a for a in w.accesses if a.permit), key=lambda a: a.place), "place", (0, 0)), {"out of order for one patient", "permitted after a revocation, by the ledger's order", "numbers of an access log"}),
    ("a number of the access log comes again", lambda w: setattr(sorted((a for a in w.accesses if a.patient == "aa"), key=lambda a: a.place)[1], "index", 0), {"numbers of an access log"}),
]

def red(world): return {name for name, (broken, _) in judge(world).items() if broken}
def idle(world): return {name for name, (_, chances) in judge(world).items() if not chances}

# A release whose request nobody has on the ledger is nobody's, and so everybody's.
NOBODYS = {"released without an entry", "released and not told"}

def left_out(world, spoil):
    """Spoiled, when nobody wrote of its patients: nothing is judged but what is nobody's. Unspoiled and seen, all is."""
    if theirs(world) != world: return False
    spoiled = copy.deepcopy(world)
    spoil(spoiled)
    spoiled.asked, spoiled.fetched, spoiled.listed = [], [], []
    spoiled.posted = [Posted("dd", "e" * 64, 1, None, "unknown")]
    return red(theirs(spoiled)) <= NOBODYS

def lose(w, store):
    """Takes the traces of a release away from a database, which is said to have lost what it had at that time."""
    one = opened(w)
    if store == "policy": w.released.remove(first(w.released, tx=one.tx))
    else: setattr(alert(w, one.tx), "queued", one.answered + 1)
    w.back.append(Back(store, one.sent, one.answered))

# What a database has lost that was set back is no fault of the platform's; before and behind it is.
SET_BACK = [
    ("policy's database lost a release", lambda w: lose(w, "policy"), set()),
    ("notify's database lost an alert, which came again", lambda w: lose(w, "notify"), set()),
    ("policy wrote nothing down, before its database was set back", lambda w: (lose(w, "policy"), setattr(w.back[0], "since", 10**9), setattr(w.back[0], "to", 10**9)), {"released and not written down", "alerted and never happened"}),
    ("policy's database was set back, and the alert was late", lambda w: (lose(w, "notify"), setattr(w.back[0], "store", "policy")), {"released without an alert"}),
    ("notify's database was set back, and the alert never came again", lambda w: (w.back.append(Back("notify", 0, 10**9)), w.alerts.remove(alert(w, refusal(w).tx))), {"an entry without its alert"}),
    ("storage's database was set back, and a record is lost", lambda w: (w.back.append(Back("storage", 0, 10**9)), w.anchored.remove(entry(w))), {"acknowledged and lost"}),
]

def receipts_are_proven():
    """A receipt is one by an ingest key of whom it names, in genesis, for that record; anything else is none."""
    ingest, stranger, record = b"\1" * 32, b"\2" * 32, "ab" * 32
    genesis = {"chain": "c", "keys": {b"o" * 20: [(3, public_of(ingest)), (5, public_of(stranger))]}}
    def accepted(chain="c", organisation=b"o" * 20): return msg((1, chain), (2, organisation), (3, bytes.fromhex(record)), (4, b"d" * 20), (5, 1), (6, 1), (7, 1))
    good = signed("accepted", accepted(), ingest)
    wrong = [good[:-64] + bytes(64), b"", good[:40], signed("accepted", accepted(), stranger), signed("accepted", accepted("d"), ingest),
             signed("accepted", accepted(organisation=b"p" * 20), ingest), signed("skip", accepted(), ingest)]
    return proves(genesis, good.hex(), record) and not proves(genesis, good.hex(), "cd" * 32) and not any(proves(genesis, one.hex(), record) for one in wrong)

def main():
    seed = int(os.environ.get("SEED") or random.randrange(2**32))
    rng = random.Random(seed)
    worlds = [good(rng) for _ in range(200)]
    check(f"200 random good histories break no rule, SEED={seed}", not any(red(world) for world in worlds))
    check("and each gives every rule a chance", not any(idle(world) for world in worlds))
    for what, spoil, rules in [*FAULTS, *SET_BACK]:
        found = []
        for world in worlds[:20]:
            spoiled = copy.deepcopy(world)
            spoil(spoiled)
            found.append(red(spoiled))
        check(f"found: {what}" + ("" if all(one == rules for one in found) else f" (by {sorted(set().union(*found))}, not {sorted(rules)})"), all(one == rules for one in found))
    check("a receipt is verified by genesis alone; zeros, another key's, chain's, organisation's or record's are none", receipts_are_proven())
    check("what is about others is left out where it is asked for, and nothing else", all(left_out(world, spoil) for world in worlds[:20] for _, spoil, _ in FAULTS))
    check("every rule is broken by one of them", set().union(*(rules for *_, rules in FAULTS)) == set(RULES))
    check("a world in which nothing happened passes no rule by it", idle(World()) == set(RULES))
    print(json.dumps({"passed": sum(CHECKS), "failed": len(CHECKS) - sum(CHECKS)}))
    return 0 if all(CHECKS) else 1

if __name__ == "__main__": sys.exit(main())
