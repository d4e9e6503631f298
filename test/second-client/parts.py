"""Checks client.py against what protocol.json leaves out: protocol-parts.json. Called by vectors.py."""
import base64, copy, json, os, re, struct
from forms import from_base64url
from client import (T, check, consistent, description_of, header_leaves, is_encryption_key, leaves_root, merkle, msg, one,
                    open_payload, parse, public_of, sha, sign_bytes, signature_of, signed, signed_header, signing_key,
                    transaction_id, unseal, validator_set, verifies, whose)

unhex = bytes.fromhex
line_of = lambda prefix, message: prefix + "." + base64.urlsafe_b64encode(message).decode().rstrip("=")

def edited(document, path, value):
    changed = copy.deepcopy(document)
    place = changed
    for name in path[:-1]: place = place[name]
    place[path[-1]] = value
    return changed

def holds(document, chain, validators):
    try: return bool(signed_header(document, chain, validators))
    except Exception: return False

def headers(v, captured):
    document, chain = captured["signedHeader"], captured["chainId"]
    validators = [(unhex(one["publicKey"]), int(one["power"])) for one in captured["validators"]]
    ordered, leaves = validator_set(validators)
    check("header: leaves", [leaf.hex() for leaf in header_leaves(document["header"])] == v["headerLeaves"])
    check("header: hash", merkle(header_leaves(document["header"])).hex() == v["headerHash"])
    check("header: validator set", [(k.hex(), str(p), sha(k)[:20].hex(), leaf.hex()) for (k, p), leaf in zip(ordered, leaves)]
          == [(one["publicKey"], one["power"], one["address"], one["leaf"]) for one in v["validators"]])
    check("header: hash of the set", merkle(leaves).hex() == v["validatorsHash"])
    check("header: sign bytes", all(
        vote["signBytes"] == (sign_bytes(document["commit"], entry["timestamp"], chain).hex() if vote["flag"] == 2 else None)
        for vote, entry in zip(v["votes"], document["commit"]["signatures"], strict=True)))
    check("header: holds", holds(document, chain, validators))
    for edit in v["refused"]:
        check("header refused: " + edit["why"], not holds(edited(document, edit["path"], edit["value"]), chain, validators))

def paths(v, log):
    leaves, roots = [sha(b"\0", unhex(leaf)) for leaf in log["leaves"]], list(map(unhex, log["roots"]))
    lead = lambda p, places, proof: leaves_root({i: leaves[i] for i in places}, p["size"], proof) == roots[p["size"]]
    check("proofs of leaves", all(lead(p, p["indexes"], unhex(p["proof"])) for p in v["leaves"]))
    check("proofs of leaves: not of others, not with a hash more or less", not any(
        lead(p, p["indexes"][:-1], unhex(p["proof"])) or lead(p, p["indexes"], unhex(p["proof"]) + bytes(32))
        or p["proof"] and lead(p, p["indexes"], unhex(p["proof"])[32:]) for p in v["leaves"]))
    check("consistency paths", all(
        consistent(p["size1"], roots[p["size1"]], p["size2"], roots[p["size2"]], list(map(unhex, p["path"])))
        for p in v["consistency"]))

def release(v, vectors, raw):
    page, record = parse(unhex(v["page"])), vectors["record"]
    posted = parse(one(page, 3))
    header, inner_hash = one(posted, 1), one(posted, 3)
    record_id = T("record", header, one(posted, 2), inner_hash, one(posted, 4))
    context = msg((1, vectors["chainId"]), (2, one(page, 1)),
                  (3, unhex(vectors["signingKeys"]["organisation"]["keyId"])), (4, [record_id]))
    inner = one(parse(unseal("release-bundle", raw("reader"), context, one(page, 2))), 1)
    dek = unseal("record-key", raw("epoch"), msg((1, sha(header))), inner)
    check("release page: the record that was asked for", record_id.hex() == record["recordId"] and one(posted, 7) == 3
          and one(page, 1).hex() == vectors["transactions"][-1]["txId"])
    slot, place = map(int, re.fullmatch(rb"([0-9]{1,10})\.([0-9]{1,20})", one(page, 4)).groups())
    check("release page: the next one begins behind its record", (slot, place) > (one(parse(header), 9), one(posted, 7)))
    check("release page opens to the reading", sha(inner) == inner_hash and sha(one(posted, 6)) == one(posted, 2)
          and verifies(one(posted, 8), record_id, one(posted, 5))
          and open_payload(dek, one(posted, 6), header).hex() == record["payload"]["bytes"])
    check("release page without records has no bundle", unhex(v["pageWithoutRecords"]) == msg((1, one(page, 1))))

def statements(v, vectors, raw):
    patient, new = unhex(vectors["signingKeys"]["patient"]["keyId"]), unhex(v["keySuccession"]["newPublicKey"])
    content = msg((1, vectors["chainId"]), (2, patient), (3, 1), (4, signing_key(new)))
    signature = parse(signature_of(raw("recovery"), T("key-succession", content)))
    check("key succession", content.hex() == v["keySuccession"]["bytes"]
          and one(signature, 3).hex() == v["keySuccession"]["signature"])
    device_config(unhex(v["succeededConfig"]), unhex(next(s for s in vectors["statements"] if s["tag"] == "device-config")["bytes"]), patient, new)
    accepted = next(s for s in vectors["statements"] if s["tag"] == "accepted")
    check("signed receipt", signed("accepted", unhex(accepted["bytes"]), raw("ingest")).hex() == v["signedAccepted"])

def owner_keys(known, successions, chain, patient, recovery):
    """Public keys of the successions 1 to n (docs/protocol.md §2.4): what is known stays, the next one alone may follow."""
    keys = list(known)
    for signed_one in successions:
        content, signature = one(parse(signed_one), 1), parse(one(parse(signed_one), 2))
        said, n = parse(content), one(parse(content), 3, 0)
        if not (one(signature, 2) == recovery and verifies(recovery, T("key-succession", content), one(signature, 3))): raise ValueError("not by the recovery key")
        if one(said, 1) != chain or one(said, 2) != patient: raise ValueError("of another")
        key = one(parse(one(said, 4)), 2)
        if n == len(keys) + 1: keys.append(key)
        elif n < 1 or n > len(keys) or keys[n - 1] != key: raise ValueError("does not follow")
    return keys

def takes_config(document, known, first_key, known_keys):
    """A later configuration by docs/protocol.md §2.2: the successions that it carries lead to the key that signed it."""
    outer = parse(document)
    config, signature = one(outer, 1), parse(one(outer, 2))
    said, before = parse(config), parse(known)
    owner = one(parse(one(said, 4)), 2)
    keys = owner_keys(known_keys, outer.get(3, []), one(before, 2), one(before, 3), one(parse(one(before, 5)), 2))
    if one(signature, 2) != owner or not verifies(owner, T("device-config", config), one(signature, 3)): raise ValueError("not signed")
    if one(said, 5) != one(before, 5) or one(said, 11, 0) != len(keys): raise ValueError("another recovery key, or an old one")
    if owner != (keys[-1] if keys else first_key): raise ValueError("another than the owner signed it")
    return keys

def device_config(document, known, patient, new):
    first = one(parse(one(parse(known), 4)), 2)
    outer = parse(document)
    taken = lambda document, keys=(): takes_config(document, known, first, keys)
    def refused(document, keys=()):
        try: return taken(document, keys) and False
        except ValueError: return True
    again = lambda **change: msg(*[(number, change.get(f"f{number}", values[0] if number != 3 else values)) for number, values in sorted(outer.items())])
    check("configuration after a succession", taken(document) == [new] and taken(document, [new]) == [new] and taken(again()) == [new])
    check("configuration after a succession: refused without it, twice, by another, after another history",
          refused(again(f3=[])) and refused(again(f2=signature_of(b"\1" * 32, T("device-config", one(outer, 1)))))
          and refused(document, [new, first]) and refused(document, [first]))

def lines(v, vectors, raw):
    find = lambda kind: next(entry for entry in v if entry["kind"] == kind)
    body = lambda second: next(
        unhex(t["body"]["bytes"]) for t in vectors["transactions"] if t["signers"][:2] == ["organisation", second])
    half = lambda content, *others: msg((1, content), (2, [signature_of(
        raw("organisation"), transaction_id(content, [public_of(raw(name)) for name in ("organisation", *others)]))]))
    statement = lambda tag: next(s for s in vectors["statements"] if s["tag"] == tag)
    keys = lambda name: unhex(vectors["encryptionKeys"][name]["publicKey"])
    enrol = msg((1, signing_key(public_of(raw("patient")))), (2, keys("patient-encryption")),
                (3, signing_key(public_of(raw("recovery")))))
    request = msg((2, signing_key(public_of(raw("member")))), (3, keys("member-encryption")))
    profile = signed("member-profile", unhex(statement("member-profile")["bytes"]), raw("organisation"))
    config = signed("device-config", unhex(statement("device-config")["bytes"]), raw("patient"))
    made = {"vvenrol1": line_of("vvenrol1", enrol), "vvmemberreq1": line_of("vvmemberreq1", request),
            "vvtx1": line_of("vvtx1", half(body("patient"), "patient", "recovery")), "vvcfg1": line_of("vvcfg1", config),
            "vvmember1": line_of("vvmember1", profile) + "." + line_of("vvtx1", half(body("member"), "member"))}
    for kind, line in made.items(): check("line " + kind, line == find(kind)["line"])
    check("lines read back", all(from_base64url(entry["line"].split(".")[1]).hex() == entry["message"] for entry in v))

def described(v, vectors):
    organisation, key = parse(unhex(v["organisation"])), unhex(v["policyKey"]["privateKey"])
    chain, issued = vectors["chainId"], v["issuedAt"]
    content = description_of(chain, organisation, issued)
    check("service description", content.hex() == v["bytes"] and signed("service-description", content, key).hex() == v["signed"])
    def believed(content, key, now=issued):
        try: return whose(signed("service-description", content, key), chain, [organisation], now) == one(organisation, 1)
        except Exception: return False
    check("service description: believed", believed(content, key) and believed(content, key, issued + 86_400))
    check("service description: not when old, early, of another chain or by another key", not (
        believed(content, key, issued + 86_461) or believed(content, key, issued - 61)
        or believed(description_of("other", organisation, issued), key)
        or believed(content, unhex(vectors["signingKeys"]["ingest"]["privateKey"]))))

def parts(folder):
    load = lambda name: json.load(open(os.path.join(folder, name)))
    vectors, v, captured = load("protocol.json"), load("protocol-parts.json"), load("signed-header.json")
    raw = lambda name: unhex({**vectors["signingKeys"], **vectors["encryptionKeys"]}[name]["privateKey"])
    headers(v["signedHeader"], captured)
    paths(v["logPaths"], vectors["state"]["log"])
    release(v["releasePage"], vectors, raw)
    statements(v, vectors, raw)
    lines(v["lines"], vectors, raw)
    described(v["serviceDescription"], vectors)
    check("encryption keys that are refused, and taken", not any(is_encryption_key(unhex(k)) for k in v["encryptionKeys"]["refused"])
          and all(is_encryption_key(unhex(k)) for k in v["encryptionKeys"]["taken"]))
    closure = b"".join(struct.pack(">I", len(f["name"])) + f["name"].encode() + unhex(f["sha256"]) for f in v["schemaClosure"])
    check("schema closure", T("schema", closure).hex() == vectors["schemaHash"]["hash"])
