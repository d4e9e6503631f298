"""The promise, rule by rule. Each gives what breaks it and how many chances there were to: a zero of none says nothing.

A rule is a function of the world to (broken, chances); `broken` has a sentence for each, without anybody's data.
"""
from collections import Counter, defaultdict
from world import watched

# Under faults that stand for minutes; what is told hours later is not told in time.
LATEST_MS = 15 * 60_000
# For what was begun and could not be ended at once: a transaction, or an answer that a service stood still over.
UNDER_WAY_MS = 30_000
# A list that was asked for has what notify had kept so long before.
SHOWN_MS = 5_000
# Between clocks that are read to the millisecond and to the block.
TICK_MS = 1_000

def lost(world):
    """What got a receipt is on the ledger."""
    there = {one.record for one in world.anchored}
    accepted = [one for one in world.posted if one.outcome == "accepted"]
    return [f"record {one.record[:16]} has a receipt of {one.answered} and is not anchored" for one in accepted if one.record not in there], len(accepted)

def unproven(world):
    """What was acknowledged was acknowledged by a receipt that proves it."""
    kept = [one for one in world.posted if one.outcome == "accepted" and one.proven is not None]
    return [f"record {one.record[:16]} was answered by what is no receipt" for one in kept if not one.proven], len(kept)

def unpinned(world):
    """The ciphertext of what was acknowledged is held by a pin of an IPFS peer at the least, whatever storage says."""
    content, held = {one.record: one.content for one in world.anchored}, {one.content for one in world.pinned}
    there = [one.record for one in world.posted if one.outcome == "accepted" and one.record in content]
    return [f"record {record[:16]} has a receipt, and no peer has its ciphertext" for record in there if content[record] not in held], len(there)

def doubled(world):
    """It is there once, and its number too."""
    records, numbers = Counter(one.record for one in world.anchored), Counter(one.number for one in world.anchored)
    return ([f"record {record[:16]} is anchored {times} times" for record, times in records.items() if times > 1]
            + [f"number {sequence} of device {device[:16]} is anchored {times} times" for (device, _, sequence), times in numbers.items() if times > 1]), len(records)

def invented(world):
    """Of a patient whose devices were watched, nothing is there that they did not post."""
    watched, posted = {one.patient for one in world.posted}, {one.record for one in world.posted}
    own = [one for one in world.anchored if one.patient in watched]
    return [f"record {one.record[:16]} was posted by no device" for one in own if one.record not in posted], len(own)

def without_entry(world):
    """No key came to a reader, and policy opened none, without a permit on the ledger, and by then."""
    permits = {one.tx: one for one in world.accesses if one.permit}
    opened = ([(one.tx, one.answered, None, "a reader has keys") for one in world.fetched if one.outcome == "opened"]
              + [(one.tx, one.at, one.height, "policy wrote a release") for one in world.released])
    def early(entry, at, height): return at + TICK_MS < entry.time or height is not None and height <= entry.place[0]
    return ([f"request {tx[:16]}: {what}, and the ledger has no permit" for tx, _, _, what in opened if tx not in permits]
            + [f"request {tx[:16]}: {what} before the ledger had its permit" for tx, at, height, what in opened if tx in permits and early(permits[tx], at, height)]), len(opened)

def kept(world, store, opened):
    """Of these answers those whose traces in that database nobody took away."""
    gone = [one for one in world.back if one.store == store]
    return [one for one in opened if not any(back.since <= one.answered and one.sent <= back.to for back in gone)]

def without_release(world):
    """Keys that came were written down by policy before, each answer for itself."""
    written, came, bad = defaultdict(list), Counter(), []
    for one in world.released: written[one.tx].append(one.at)
    opened = kept(world, "policy", [one for one in world.fetched if one.outcome == "opened"])
    for one in sorted(opened, key=lambda one: one.answered):
        came[one.tx] += 1
        if sum(at <= one.answered for at in written[one.tx]) < came[one.tx]: bad.append(f"request {one.tx[:16]}: keys came for the {came[one.tx]}. time, and policy had not written as many answers by then")
    return bad, len(opened)

def access_alerts(world):
    """Times at which the alerts of each access were durable, by transaction."""
    times = defaultdict(list)
    for one in world.alerts:
        if one.kind in ("ACCESS_PERMITTED", "ACCESS_REFUSED"): times[one.patient, one.subject, one.kind == "ACCESS_PERMITTED"].append(one.queued)
    return times

def without_alert(world):
    """No key came before its alert was durable."""
    alerts, opened = access_alerts(world), kept(world, "notify", [one for one in world.fetched if one.outcome == "opened"])
    return [f"request {one.tx[:16]}: keys came and no alert was durable by then"
            for one in opened if min(alerts[one.patient, one.tx, True], default=one.answered + 1) > one.answered or one.alerted is False], len(opened)

def silent(world):
    """Every access that the ledger has, granted or refused, has its alert; and none says otherwise."""
    alerts = access_alerts(world)
    return ([f"access {one.tx[:16]} has no alert" for one in world.accesses if not alerts[one.patient, one.tx, one.permit]]
            + [f"access {one.tx[:16]} has an alert that says the opposite" for one in world.accesses if alerts[one.patient, one.tx, not one.permit]]), len(world.accesses)

def untold(world):
    """That keys left is told of each answer, to her whose they are."""
    told, whose = {(one.patient, one.subject) for one in world.alerts if one.kind == "KEYS_RELEASED"}, {one.tx: one.patient for one in world.accesses}
    return [f"answer {one.number} of request {one.tx[:16]}: keys left and nothing told her"
            for one in world.released if (whose.get(one.tx), one.subject) not in told], len(world.released)

TOLD = ("ACCESS_PERMITTED", "ACCESS_REFUSED", "KEYS_RELEASED")

def misnamed(world):
    """Who asked, and got keys, is named to her as the ledger has it."""
    named, own = {one.tx: one for one in world.accesses if one.reader is not None}, watched(world)
    told = [(one, named[one.subject[:64]]) for one in world.alerts if one.kind in TOLD and one.patient in own and one.subject[:64] in named]
    return [f"{alert.kind} of {entry.tx[:16]} names somebody else" for alert, entry in told if (alert.reader, alert.organisation) != (entry.reader, entry.organisation)], len(told)

def late(world):
    """What she is told of, she is told of in time."""
    queued, own, due = defaultdict(list), {one.tx for one in world.asked}, []
    for one in world.alerts: queued[one.kind, one.subject].append(one.queued)
    for one in world.accesses:
        if one.tx in own: due.append((one.time, "ACCESS_PERMITTED" if one.permit else "ACCESS_REFUSED", one.tx))
    for one in world.released:
        if one.tx in own: due.append((one.at, "KEYS_RELEASED", one.subject))
    told = [(at, kind, subject, min(queued[kind, subject])) for at, kind, subject in due if queued[kind, subject]]
    return [f"{kind} of {subject[:16]} was told after {(first - at) // 60_000} minutes" for at, kind, subject, first in told if first - at > LATEST_MS], len(told)

def hidden(world):
    """She is shown what notify has kept for her."""
    due = [(one, alert) for one in world.listed for alert in world.alerts if alert.patient == one.patient and alert.queued + SHOWN_MS <= one.sent]
    shown = {id(one): set(one.alerts) for one in world.listed}
    return [f"{alert.kind} of {alert.subject[:16]} was kept, and not shown" for one, alert in due if alert.id not in shown[id(one)]], len(due)

def alerted_twice(world):
    """One event is one alert."""
    times = Counter((one.patient, one.kind, one.subject) for one in world.alerts)
    return [f"{kind} of {subject[:16]} was alerted {n} times" for (_, kind, subject), n in times.items() if n > 1], len(times)

def false_alarm(world):
    """An alert tells of what was: an access that the ledger has, keys that policy released, a record that was posted."""
    there, posted, own = {(one.patient, one.tx): one.permit for one in world.accesses}, {one.record for one in world.posted}, watched(world)
    released = {one.subject for one in world.released}
    # Since then policy may have lost what it had told of: that there was a permit has to do.
    lost = min((one.since - UNDER_WAY_MS for one in world.back if one.store == "policy"), default=float("inf"))
    def was(one):
        if one.kind == "RECORD_REFUSED": return one.subject in posted
        if one.kind != "KEYS_RELEASED": return (one.patient, one.subject) in there
        return there.get((one.patient, one.subject[:64]), False) and (one.subject in released or one.queued >= lost)
    told = [one for one in world.alerts if one.kind in TOLD[:2] or one.patient in own and one.kind in ("KEYS_RELEASED", "RECORD_REFUSED")]
    return [f"an alert, {one.kind}, tells of {one.subject[:16]}, which never was" for one in told if not was(one)], len(told)

def after_revocation(world):
    """After a revocation was acknowledged no key comes by its grant, and policy opens none. A chance is a try after it,
    or what policy wrote down for a grant that is over."""
    grant_of, ended = {one.tx: (one.patient, one.grant) for one in world.accesses}, defaultdict(list)
    for one in world.asked:
        if one.act == "revoke" and one.outcome == "committed": ended[one.patient, one.grant].append(one.answered)
    tries = [one for one in world.fetched if one.tx in grant_of and any(at <= one.sent for at in ended[grant_of[one.tx]])]
    over, bad = {}, []
    for one in sorted(world.terms, key=lambda one: one.place): over[one.patient, one.grant] = one.place[0] if one.revokes else None
    opened = [(one, grant_of[one.tx]) for one in world.released if over.get(grant_of.get(one.tx)) is not None]
    for one, grant in opened:
        # The state of the block before that header had the revocation already; or it was long acknowledged.
        if one.height > over[grant]: bad.append(f"answer {one.number} of request {one.tx[:16]}: policy opened it by a state that had the revocation")
        elif any(at + UNDER_WAY_MS < one.at for at in ended[grant]): bad.append(f"answer {one.number} of request {one.tx[:16]}: policy opened it long after its grant was revoked")
    return bad + [f"request {one.tx[:16]}: keys came by a fetch of {one.sent}, after its grant was revoked" for one in tries if one.outcome == "opened"], len(tries) + len(opened)

def permitted_after(world):
    """By the ledger's own order: no permit by a grant whose newest version has no terms, or that is not there."""
    revoked, bad, chances = {}, [], 0
    for one in sorted([*world.terms, *world.accesses], key=lambda event: event.place):
        if hasattr(one, "revokes"): revoked[one.patient, one.grant] = one.revokes
        elif any(c != "0" for c in one.grant):
            chances += revoked.get((one.patient, one.grant), True)
            if one.permit and revoked.get((one.patient, one.grant), True): bad.append(f"access {one.tx[:16]} was permitted by a grant that was over")
    return bad, chances

def answered_otherwise(world):
    """What a client was told is what the ledger has."""
    decided = {one.tx: "permitted" if one.permit else "refused" for one in world.accesses}
    taken = {one.tx: one.revokes for one in world.terms}
    told = [one for one in world.asked if one.outcome in ("permitted", "committed") or one.act == "request" and one.outcome == "refused"]
    def fits(one):
        if one.act == "request": return decided.get(one.tx) == one.outcome
        return taken.get(one.tx) == (one.act == "revoke")
    return [f"{one.act} {one.tx[:16]}: told {one.outcome}, the ledger has {decided.get(one.tx, 'taken' if one.tx in taken else 'nothing')}" for one in told if not fits(one)], len(told)

def out_of_order(world):
    """Of one patient: what was answered before another thing was sent stands before it. A chance is a thing that others stand before."""
    places, chances, bad = {one.tx: one.place for one in [*world.accesses, *world.terms]}, 0, []
    by_patient = defaultdict(list)
    for one in world.asked:
        if one.answered is not None and one.tx in places: by_patient[one.patient].append(one)
    for known in by_patient.values():
        # Behind each, the highest place that was answered before it was sent.
        ends, at, highest = sorted(known, key=lambda one: one.answered), 0, None
        for one in sorted(known, key=lambda one: one.sent):
            while at < len(ends) and ends[at].answered < one.sent:
                if highest is None or places[ends[at].tx] > places[highest.tx]: highest = ends[at]
                at += 1
            chances += at > 0
            if highest is not None and places[highest.tx] >= places[one.tx]: bad.append(f"{one.act} {one.tx[:16]} stands before {highest.act} {highest.tx[:16]}, which was answered before it was sent")
    return bad, chances

def gaps(world):
    """A patient's access log has no number twice and none beyond what there is: places and indexes rise together."""
    bad, by_patient = [], defaultdict(list)
    for one in world.accesses: by_patient[one.patient].append(one)
    for own in by_patient.values():
        own.sort(key=lambda one: one.place)
        bad += [f"access {b.tx[:16]} has number {b.index} behind {a.index}" for a, b in zip(own, own[1:]) if b.index <= a.index]
    return bad, len(world.accesses)

def versions(world):
    """A grant's versions rise."""
    bad, last = [], {}
    for one in sorted(world.terms, key=lambda one: one.place):
        before = last.get((one.patient, one.grant), 0)
        if one.version <= before: bad.append(f"grant {one.grant[:16]} has version {one.version} behind {before}")
        last[one.patient, one.grant] = one.version
    return bad, len(world.terms)

RULES = {
    "acknowledged and lost": lost,
    "acknowledged without a receipt": unproven,
    "acknowledged and held by no peer": unpinned,
    "anchored twice": doubled,
    "anchored and never posted": invented,
    "released without an entry": without_entry,
    "released and not written down": without_release,
    "released without an alert": without_alert,
    "an entry without its alert": silent,
    "released and not told": untold,
    "told of somebody else": misnamed,
    "told late": late,
    "kept and not shown": hidden,
    "alerted twice": alerted_twice,
    "alerted and never happened": false_alarm,
    "released after an acknowledged revocation": after_revocation,
    "permitted after a revocation, by the ledger's order": permitted_after,
    "answered otherwise than decided": answered_otherwise,
    "out of order for one patient": out_of_order,
    "numbers of an access log": gaps,
    "versions of a grant": versions,
}
