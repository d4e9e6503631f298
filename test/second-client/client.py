"""A second VitalVault client, written from docs/protocol.md and proto/ alone; imports nothing of the project.

python client.py <endpoints.json> <genesis.json> <organisation key folder> <protocol.json>
Enrols a patient, registers a device, posts a reading, verifies its receipt and both logs, with nothing trusted but genesis.
The last line on stdout is JSON: {"passed": n, "failed": n, "checks": [...]}; exit code 0 when none failed.
"""
import base64, hashlib, hmac, json, os, struct, sys, time, urllib.error, urllib.request, zlib
from urllib.parse import urlsplit
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives import hashes, hpke, serialization
from forms import from_base64, inflate

N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
CURVE, RAW = ec.SECP256K1(), (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
CHECKS = []

def check(name, ok):
    CHECKS.append({"name": name, "ok": bool(ok)})
    print(("ok    " if ok else "FAIL  ") + name, file=sys.stderr)

# ---- docs/protocol.md §1: hashes, canonical protobuf, keys, HPKE
def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()
def T(name, *parts): return sha(b"vitalvault/v1/", name.encode(), b"\0", *parts)
def key_id(public, alg=1): return T("key", bytes([alg]), public)[:20]

def varint(n):
    out = b""
    while n > 127: out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])

def msg(*fields):
    """Canonical message from (number, value) in ascending order: int = varint, bytes/str = length-delimited, list = repeated."""
    out = b""
    for number, value in fields:
        if isinstance(value, list) and value and isinstance(value[0], int): value = b"".join(map(varint, value))
        for v in value if isinstance(value, list) else [value] if value not in (0, b"", "", None) else []:
            v = v.encode() if isinstance(v, str) else v
            out += varint(number << 3) + varint(v) if isinstance(v, int) else varint(number << 3 | 2) + varint(len(v)) + v
    return out

def parse(b):
    """Fields of a message: {number: [values]}."""
    def read(at):
        n = shift = 0
        while True:
            n, shift, at = n | (b[at] & 127) << shift, shift + 7, at + 1
            if b[at - 1] < 128: return n, at
    fields, at = {}, 0
    while at < len(b):
        head, at = read(at)
        value, at = read(at)
        if head & 7 == 2: value, at = b[at:at + value], at + value
        fields.setdefault(head >> 3, []).append(value)
    return fields

def unpack(b):
    """Numbers of a packed field."""
    numbers, n, shift = [], 0, 0
    for byte in b:
        n, shift = n | (byte & 127) << shift, shift + 7
        if byte < 128: numbers, n, shift = numbers + [n], 0, 0
    return numbers

def one(fields, number, default=b""): return fields.get(number, [default])[0]

def private(scalar): return ec.derive_private_key(int.from_bytes(scalar, "big"), CURVE)
def public_of(scalar): return private(scalar).public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
def is_encryption_key(public):
    """docs/protocol.md §1.5: below p, and of no small order: the shared secret is not all zeros."""
    if len(public) != 32 or int.from_bytes(public, "little") >= 2**255 - 19: return False
    try: return any(x25519.X25519PrivateKey.generate().exchange(x25519.X25519PublicKey.from_public_bytes(public)))
    except ValueError: return False

def x_public(scalar): return x25519.X25519PrivateKey.from_private_bytes(scalar).public_key().public_bytes(*RAW)

def sign(scalar, digest):
    der = private(scalar).sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()), deterministic_signing=True))
    r, s = utils.decode_dss_signature(der)
    return r.to_bytes(32, "big") + min(s, N - s).to_bytes(32, "big")

def verifies(public, digest, signature):
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or len(public) != 33 or s > N // 2: return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public).verify(
            utils.encode_dss_signature(r, s), digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        return True
    except Exception: return False

def info(use, context): return b"vitalvault/v1/" + use.encode() + b"\0" + context
def seal(use, public, context, plain): return SUITE.encrypt(plain, x25519.X25519PublicKey.from_public_bytes(public), info(use, context))
def unseal(use, scalar, context, sealed): return SUITE.decrypt(sealed, x25519.X25519PrivateKey.from_private_bytes(scalar), info(use, context))

# ---- docs/protocol.md §2–§4: tags, records, signatures, transactions
def type_tag(tag_key, name): return hmac.digest(tag_key, b"vitalvault/v1/type-tag\0" + name.encode(), "sha256")[:16]
def signature_of(scalar, digest): return msg((1, 1), (2, public_of(scalar)), (3, sign(scalar, digest)))
def signed(tag, content, scalar): return msg((1, content), (2, signature_of(scalar, T(tag, content))))
def signing_key(public): return msg((1, 1), (2, public))

def transaction(chain, head, nonce, number, content, scalars):
    body = msg((1, 1), (2, chain), (3, head["height"] + 1000), (4, head["seconds"] + 3000), (5, nonce), (number, content))
    tx_id = transaction_id(body, [public_of(k) for k in scalars])
    return msg((1, body), (2, [signature_of(k, tx_id) for k in scalars])), tx_id

def transaction_id(body, publics): return T("tx", body + b"".join(key_id(public) for public in publics))

def header_of(h):
    return msg((1, 1), (2, 1), (3, h["chain"]), (4, h["patient"]), (5, h["device"]), (6, h["registration"]), (7, h["tag"]), (8, h["epoch"]), (9, h["slot"]),
               (10, h["sequence"]), (11, h["tag_sequence"]), (12, h["count"]), (13, 1), (14, h["release_key_id"]))

def open_payload(dek, ciphertext, header):
    plain = AESGCM(dek).decrypt(ciphertext[:12], ciphertext[12:], header)
    length = struct.unpack(">I", plain[:4])[0]
    assert 4 + length <= len(plain) and not any(plain[4 + length:]) and len(ciphertext) & len(ciphertext) - 1 == 0
    return inflate(plain[4:4 + length])

def seal_record(h, schema_hash, readings, epoch_public, release_public, device):
    header, dek, nonce = header_of(h), os.urandom(32), os.urandom(12)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = squeeze.compress(msg((1, "omh:heart-rate:2.0"), (2, schema_hash), (3, 1), (4, readings))) + squeeze.flush()
    size = 256
    while size < len(deflated) + 32: size *= 2
    plain = (struct.pack(">I", len(deflated)) + deflated).ljust(size - 28, b"\0")
    ciphertext = nonce + AESGCM(dek).encrypt(nonce, plain, header)
    inner = seal("record-key", epoch_public, msg((1, sha(header))), dek)
    sealed = seal("release-key", release_public, msg((1, sha(header)), (2, sha(inner))), inner)
    record_id = T("record", header, sha(ciphertext), sha(inner), sha(sealed))
    return msg((1, header), (2, ciphertext), (3, sealed), (4, sha(inner)), (5, sign(device, record_id))), record_id

# ---- docs/protocol.md §5: state map, logs, headers
def state_key(kind, parts): return T("state", bytes([kind]), *[struct.pack(">I", len(p)) + p for p in parts])

def state_root(key, value, siblings, other_key=b"", other_hash=b""):
    """Root that a proof folds to; None when the proof cannot be one. value None = absence."""
    bit = lambda k, i: k[i >> 3] >> (7 - (i & 7)) & 1
    if value is None and other_key:
        if other_key == key or any(bit(other_key, i) != bit(key, i) for i in range(len(siblings))): return None
        node = sha(b"\0", other_key, other_hash)
    else: node = bytes(32) if value is None else sha(b"\0", key, sha(value))
    for i in reversed(range(len(siblings))): node = sha(siblings[i], node) if bit(key, i) else sha(node, siblings[i])
    return node

def merkle(leaves):
    if not leaves: return sha()
    if len(leaves) == 1: return sha(b"\0", leaves[0])
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1", merkle(leaves[:split]), merkle(leaves[split:]))

def leaves_root(wanted, size, proof):
    """docs/protocol.md §5.2: root that leaf hashes by index and one proof for them all lead to; None when it cannot be one."""
    if not wanted or max(wanted) >= size or len(proof) % 32: return None
    hashes = [proof[i:i + 32] for i in range(0, len(proof), 32)]
    def walk(first, behind):
        if not any(first <= index < behind for index in wanted): return hashes.pop(0) if hashes else b""
        if behind - first == 1: return wanted[first]
        middle = first + (1 << (behind - first - 1).bit_length() - 1)
        return sha(b"\1", walk(first, middle), walk(middle, behind))
    root = walk(0, size)
    return None if hashes else root

def consistent(size1, root1, size2, root2, path):
    """RFC 9162 §2.1.4.2: whether the log of size2 begins with the one of size1."""
    if size1 == size2: return not path and root1 == root2
    path = ([root1] if not size1 & size1 - 1 else []) + path
    if not path: return False
    node, last = size1 - 1, size2 - 1
    while node & 1: node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0: return False
        if node & 1 or node == last:
            first, second = sha(b"\1", sibling, first), sha(b"\1", sibling, second)
            while node and not node & 1: node, last = node >> 1, last >> 1
        else: second = sha(b"\1", second, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and first == root1 and second == root2

def timestamp(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    return int(time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) - time.timezone), int(fraction.ljust(9, "0") or 0)

def stamp(text): return msg(*zip((1, 2), timestamp(text)))

def block_id(b):
    parts = msg((1, b["parts"]["total"]), (2, bytes.fromhex(b["parts"]["hash"])))
    return msg((1, bytes.fromhex(b["hash"]))) + b"\x12" + varint(len(parts)) + parts

def header_leaves(h):
    """docs/protocol.md §5.3: the fourteen leaves of a header's hash."""
    blob = lambda name: msg((1, bytes.fromhex(h[name])))
    version = h["version"]
    return [msg((1, int(version["block"])), (2, int(version.get("app", 0)))), msg((1, h["chain_id"])),
            msg((1, int(h["height"]))), stamp(h["time"]), block_id(h["last_block_id"])] + [blob(n) for n in (
            "last_commit_hash", "data_hash", "validators_hash", "next_validators_hash", "consensus_hash", "app_hash",
            "last_results_hash", "evidence_hash", "proposer_address")]

def validator_set(validators):
    """(key, power) in the order of commits, and the leaves of their hash."""
    ordered = sorted(validators, key=lambda v: (-v[1], sha(v[0])[:20]))
    return ordered, [msg((1, msg((1, key))), (2, power)) for key, power in ordered]

def sign_bytes(commit, timestamp_text, chain):
    fixed = lambda number, n: varint(number << 3 | 1) + struct.pack("<q", n) if n else b""
    vote = (b"\x08\x02" + fixed(2, int(commit["height"])) + fixed(3, commit["round"])
            + msg((4, block_id(commit["block_id"])), (5, stamp(timestamp_text)), (6, chain)))
    return varint(len(vote)) + vote

def signed_header(signed_header, chain, validators):
    """docs/protocol.md §5.3: gives the header when the validators signed it, of whatever age; raises otherwise."""
    h, commit = signed_header["header"], signed_header["commit"]
    ordered, leaves = validator_set(validators)
    set_hash = merkle(leaves).hex().upper()
    assert h["chain_id"] == chain and h["validators_hash"] == set_hash == h["next_validators_hash"], "wrong chain or validators"
    assert int(h["height"]) >= 1 and commit["height"] == h["height"], "another height"
    assert commit["block_id"]["hash"] == merkle(header_leaves(h)).hex().upper(), "header and commit differ"
    power = 0
    for (key, weight), vote in zip(ordered, commit["signatures"], strict=True):
        if vote["block_id_flag"] != 2: continue
        assert bytes.fromhex(vote["validator_address"]) == sha(key)[:20], "another validator's place"
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(
            from_base64(vote["signature"]), sign_bytes(commit, vote["timestamp"], chain))
        power += weight
    assert power * 3 > 2 * sum(weight for _, weight in ordered), "too few signatures"
    return h

def verified_header(answered, genesis):
    """Checks a header against the genesis' validators; gives height, seconds and app hash, or raises."""
    h = signed_header(answered, genesis["chain"], genesis["validators"])
    assert time.time() - timestamp(h["time"])[0] < 60, "header too old"
    return {"height": int(h["height"]), "seconds": timestamp(h["time"])[0], "app": bytes.fromhex(h["app_hash"])}

def verified_proof(answer, genesis):
    """State values by (kind, parts) and log leaves of an answer {proof, signedHeader}, proven from genesis."""
    header, response = verified_header(answer["signedHeader"], genesis), parse(bytes.fromhex(answer["proof"]))
    assert header["height"] == one(response, 1, 0) + 1, "header is not the one after the state"
    states, logs = {}, {}
    for proof in map(parse, response.get(2, [])):
        key = parse(one(proof, 1))
        name, value = (one(key, 1, 0), *key.get(2, [])), one(proof, 3) if one(proof, 2, 0) else None
        assert state_root(state_key(name[0], name[1:]), value, proof.get(4, []), one(proof, 5), one(proof, 6)) == header["app"], "state proof"
        states[name] = value
    for log in map(parse, response.get(3, [])):
        head = parse(states[(one(log, 1, 0), one(log, 2))] or msg((2, sha())))
        indexes, leaves = unpack(one(log, 3)), log.get(4, [])
        assert sorted(set(indexes)) == indexes and len(indexes) == len(leaves), "indexes"
        wanted = {index: sha(b"\0", leaf) for index, leaf in zip(indexes, leaves)}
        assert (leaves_root(wanted, one(head, 1, 0), one(log, 5)) if wanted else one(head, 2)) == one(head, 2), "leaves"
        logs[one(log, 1, 0)] = leaves
    return states, logs

def log_fits(head, leaves):
    fields, read = parse(head), [parse(leaf) for leaf in leaves]
    heights = [one(leaf, 2, 0) for leaf in read]
    return one(fields, 1, 0) == len(leaves) and [one(leaf, 1, 0) for leaf in read] == list(range(len(leaves))) and heights == sorted(heights) and merkle(leaves) == one(fields, 2)

# ---- docs/protocol.md §8: HTTP
def description_of(chain, organisation, issued_at):
    """docs/protocol.md §8.5: what policy says about an organisation of the genesis (its parsed GenesisOrganisation)."""
    keys = []
    for entry in map(parse, organisation[3]):
        key = parse(one(entry, 1))
        keys.append(msg((1, key_id(one(key, 2), one(key, 1, 0))), *((n, one(entry, n, 0)) for n in (2, 3, 4))))
    return msg((1, chain), (2, one(organisation, 1)), (3, "policy"), (4, keys), (5, issued_at), (6, issued_at + 86_400))

def whose(signed_description, chain, organisations, now):
    """docs/protocol.md §8.5: id of the organisation whose service gave this; raises when it is not to be believed."""
    content, signature = one(parse(signed_description), 1), parse(one(parse(signed_description), 2))
    said, public = parse(content), one(signature, 2)
    issued, expires = one(said, 5, 0), one(said, 6, 0)
    organisation = next(o for o in organisations if one(o, 1) == one(said, 2))
    in_force = lambda entry: one(entry, 3, 0) <= issued // 3600 and \
        issued // 3600 <= (one(entry, 4, 0) or 1 << 32)
    policy_keys = [one(parse(one(entry, 1)), 2) for entry in map(parse, organisation[3]) if one(entry, 2, 0) == 5 and in_force(entry)]
    assert public in policy_keys and verifies(public, T("service-description", content), one(signature, 3)), "not its policy key"
    assert issued <= now + 60 and now - 60 <= expires <= issued + 86_400 and expires >= issued, "not now"
    expected = parse(description_of(chain, organisation, issued))
    assert (one(said, 1), one(said, 3), said[4]) == (one(expected, 1), b"policy", expected[4]), "another chain, service or keys"
    return one(said, 2)

def request_headers(method, url, body, scalar, organisation, created, nonce):
    parts, headers = urlsplit(url), {}
    lines = [("@method", method), ("@path", parts.path), ("@query", "?" + parts.query)]
    if body is not None:
        headers["content-digest"] = "sha-256=:" + base64.b64encode(sha(body)).decode() + ":"
        lines.append(("content-digest", headers["content-digest"]))
    names = " ".join(f'"{n}"' for n, _ in lines)
    params = (f'({names});created={created};expires={created + 60};nonce="{base64.urlsafe_b64encode(nonce).decode().rstrip("=")}"'
              f';keyid="{key_id(public_of(scalar)).hex()}";tag="vitalvault/v1/{organisation.hex()}"')
    base = "\n".join([f'"{n}": {v}' for n, v in lines] + [f'"@signature-params": {params}'])
    return headers | {"signature-input": "vv=" + params, "signature": "vv=:" + base64.b64encode(sign(scalar, sha(base.encode()))).decode() + ":"}

def call(method, url, body=None, kind=None, signer=None):
    headers = {"content-type": f"application/vnd.vitalvault.{kind}.v1+protobuf"} if kind else {}
    if signer: headers |= request_headers(method, url, body, *signer, int(time.time()), os.urandom(16))
    for _ in range(30):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=30) as answer: return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503): return error.code, json.loads(error.read() or b"{}")
            time.sleep(1)
            if signer: headers |= request_headers(method, url, body, *signer, int(time.time()), os.urandom(16))
    raise TimeoutError(url)

def live(endpoints_path, genesis_path, key_dir, vectors_path):
    with open(endpoints_path) as file: urls = json.load(file)["services"]
    with open(vectors_path) as file: schema_hash = bytes.fromhex(json.load(file)["schemaHash"]["hash"])
    from genesis import read_genesis
    genesis, load = read_genesis(genesis_path), lambda role: json.load(open(os.path.join(key_dir, role + ".key.json")))
    chain, sponsor = genesis["chain"], bytes.fromhex(load("sponsor")["privateKey"])
    with urllib.request.urlopen(urls["policy"] + "/.well-known/vitalvault", timeout=30) as answer: said = answer.read()
    organisation = whose(said, chain, genesis["organisations"], int(time.time()))
    check("the service says whose it is: the organisation of our sponsor key", (2, public_of(sponsor)) in genesis["keys"][organisation])
    ingest_key, release = next(k for r, k in genesis["keys"][organisation] if r == 3), next(k for r, k in genesis["keys"][organisation] if r == 6)
    patient, recovery, device = [os.urandom(31).rjust(32, b"\1") for _ in range(3)]
    epoch, encryption, me = os.urandom(32), os.urandom(32), key_id(public_of(patient))
    head = lambda: verified_header(call("GET", urls["policy"] + "/v1/chain/latest")[1]["signedHeader"], genesis)
    check("newest header is signed by genesis' validators", head()["height"] > 0)
    query = msg((1, msg((1, 13), (2, key_id(public_of(sponsor))))))
    states, _ = verified_proof(call("POST", urls["policy"] + "/v1/proofs", query, "proof-request", (sponsor, organisation))[1], genesis)
    window = states[(13, key_id(public_of(sponsor)))]
    nonce = one(parse(window or b""), 1, 0) + 100 + os.urandom(1)[0]

    def send(name, nonce, number, content, scalars, code=200):
        tx, tx_id = transaction(chain, head(), nonce, number, content, scalars)
        status, answer = call("POST", urls["policy"] + "/v1/transactions?wait=committed", tx, "tx")
        check(name, status == code and (code != 200 or answer["txId"] == tx_id.hex()))
        if status != code: print(status, answer, file=sys.stderr)

    enrol = msg((1, signing_key(public_of(patient))), (2, x_public(encryption)), (3, signing_key(public_of(recovery))))
    send("an identity that nobody sponsored is refused", 1, 10, enrol, [patient, patient, recovery], 409)
    send("a recovery key that does not sign is refused", nonce, 10, enrol, [sponsor, patient], 409)
    send("enrolled", nonce, 10, enrol, [sponsor, patient, recovery])
    tag, slot = type_tag(os.urandom(32), "omh:heart-rate"), 405_415
    statement = msg((1, chain), (2, me), (3, tag), (4, 1), (5, x_public(epoch)), (6, 405_400))
    send("epoch published", 1, 11, msg((1, me), (4, [signed("epoch-statement", statement, patient)])), [patient])
    register = msg((1, me), (2, signing_key(public_of(device))), (3, [tag]), (4, 1), (5, 405_400))
    send("a registration without proof of possession is refused", 2, 12, register, [patient], 409)
    send("device registered", 3, 12, register, [patient, device])
    reading = ('{"header":{"id":"243c773b-8936-407e-9c23-270d0ea49cc4","creation_date_time":"2016-04-01T07:54:00Z","schema_id":{"namespace":"omh","name":"heart-rate",'
               '"version":"2.0"}},"body":{"heart_rate":{"value":93,"unit":"beats/min"},"effective_time_frame":{"date_time":"2016-04-01T07:54:00Z"}}}').encode()
    fields = {"chain": chain, "patient": me, "device": key_id(public_of(device)), "registration": 1, "tag": tag, "epoch": 1, "slot": slot, "sequence": 1, "tag_sequence": 1,
              "count": 1, "release_key_id": key_id(release, 16)}
    posted, record_id = seal_record(fields, schema_hash, [reading], x_public(epoch), release, device)
    post = lambda body: call("POST", urls["ingest"] + "/v1/records", body, "record")[1]["records"][0]
    first, again = post(posted), post(posted)
    receipt = parse(bytes.fromhex(first["receipt"]))
    accepted, signature = one(receipt, 1), parse(one(receipt, 2))
    check("receipt is the custodian's, for this record", verifies(ingest_key, T("accepted", accepted), one(signature, 3)) and one(parse(accepted), 3) == record_id)
    check("same bytes, same receipt", again["status"] == "duplicate" and again["receipt"] == first["receipt"])
    check("another signature is refused", call("POST", urls["ingest"] + "/v1/records", posted[:-1] + bytes([posted[-1] ^ 1]), "record")[1].get("receipt") is None)
    where = f"{urls['ingest']}/v1/receipts/{fields['device'].hex()}/1/1"
    for _ in range(60):
        state = call("GET", where)[1]
        if state["state"] == "anchored": break
        time.sleep(1)
    check("anchored", state["state"] == "anchored")
    for kind, name in ((15, "record-log"), (16, "access-log")):
        states, logs = verified_proof(call("GET", f"{urls['policy']}/v1/patients/{me.hex()}/{name}?from=0&limit=1000", signer=(patient, organisation))[1], genesis)
        head_value, leaves = states[(kind, me)], logs[kind]
        check(f"{name} is complete and in order", log_fits(head_value, leaves))
        wrong = [leaves[:-1], leaves + leaves[-1:], leaves[:-1] + [leaves[-1][:-1] + bytes([leaves[-1][-1] ^ 1])]] + ([leaves[1:] + leaves[:1]] if leaves[1:] else [])
        check(f"{name} with an entry withheld, doubled, altered or moved is not", not any(log_fits(head_value, lie) for lie in wrong))
        if kind == 15: check("the record stands in it", one(parse(one(parse(one(parse(leaves[0]), 5)), 1)), 1) == header_of(fields))
        else: check("enrolled, keys, device: three entries", [sorted(parse(leaf))[-1] for leaf in leaves] == [10, 11, 12])

def summary(run, *arguments):
    """Runs checks, prints the JSON line, exits 1 when one failed."""
    try: run(*arguments)
    except Exception as error: check(f"{type(error).__name__}: {error}", False)
    failed = [c for c in CHECKS if not c["ok"]]
    print(json.dumps({"passed": len(CHECKS) - len(failed), "failed": len(failed), "checks": CHECKS}))
    sys.exit(1 if failed else 0)

if __name__ == "__main__":
    summary(live, *sys.argv[1:5])
