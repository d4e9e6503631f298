"""The genesis as docs/protocol.md §5.4 takes and refuses it; checked against genesis.json by vectors.py."""
import datetime, json, os, re, unicodedata
from cryptography.hazmat.primitives.asymmetric import ec
from client import CURVE, check, is_encryption_key, key_id, one, parse
from forms import canonical, from_base64, refuses, tables_of

P = 2 ** 255 - 19
D = -121665 * pow(121666, -1, P) % P
# docs/protocol.md §10: least and most of each parameter, by its name in state.proto.
QUOTA = {"burst": (1, 1_000_000), "refill": (1, 1_000_000), "seconds": (1, 31_536_000)}
BOUNDS = {
    "rights": QUOTA, "access_requests": QUOTA, "device_entries": QUOTA, "owner_entries": QUOTA, "organisation_entries": {**QUOTA, "burst": (200, 1_000_000)}, "enrolments": QUOTA,
    "refusals": QUOTA, "requests": QUOTA, "organisation_refusals": QUOTA, "organisation_requests": QUOTA, "suspensions": QUOTA, "successions": QUOTA, "max_block_bytes": (262_160, 35_651_584),
    "release_blocks": (10, 1_000_000), "release_seconds": (60, 604_800), "max_expiry_blocks": (100, 10_000_000), "max_expiry_seconds": (60, 2_592_000),
    "removal_grace_blocks": (1, 10_000_000), "removal_grace_seconds": (60, 2_592_000),
    "holdings_per_succession": dict.fromkeys(("tags", "epochs", "live_grants", "grants", "registrations", "live_devices", "rights"), (1, 1_024)),
    "max_successions": (1, 1_024),
    "holdings": dict.fromkeys(("tags", "live_grants", "grants", "registrations", "live_devices", "rights"), (1, 65_536)) | {"epochs": (1, 8_192)}, "max_keys": (0, 2 ** 23), "max_leaves": (0, 2 ** 25),
}
CONSENSUS = (("block", "max_bytes", "37748736"), ("evidence", "max_bytes", "1048576"))
ROLES = (1, 2, 3, 4, 5, 6)

def tables():
    proto = os.path.join(os.path.dirname(__file__), "../../proto/vitalvault")
    return tables_of(*(os.path.join(proto, name) for name in ("record/v1/record.proto", "ledger/v1/state.proto", "genesis/v1/genesis.proto")))

def point(b):
    """A point of Ed25519 as CometBFT reads one (ZIP 215): y is taken modulo p, and any sign of x = 0."""
    y, sign = int.from_bytes(b, "little") & (1 << 255) - 1, b[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P: x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P: raise ValueError("no point")
    return (-x if x & 1 != sign else x) % P, y % P

def twice(p):
    x, y = p
    product = D * x * x * y * y % P
    return 2 * x * y * pow(1 + product, -1, P) % P, (y * y + x * x) * pow(1 - product, -1, P) % P

def works(role, alg, key):
    if role == 6: return alg == 16 and is_encryption_key(key)
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, key)
    return alg == 1 and len(key) == 33

def validates(validator):
    key, node = one(validator, 1), one(validator, 3)
    assert len(key) == 32 and twice(twice(twice(point(key)))) != (0, 1), "a validator key that cannot work"
    assert one(validator, 2, 0) >= 1 and len(node) == 20 and any(node), "a validator without power or node id"

def organised(o):
    name, keys, validators, nodes = one(o, 2).decode(), [parse(k) for k in o.get(3, [])], [parse(v) for v in o.get(4, [])], o.get(5, [])
    assert name and len(name.encode()) <= 100 and name == name.strip(), "a name that is missing, too long or between blanks"
    assert all(c == " " or unicodedata.category(c)[0] in "LMNPS" for c in name), "a name that cannot be seen"
    roles, admin = [], None
    for entry in keys:
        key, role = parse(one(entry, 1)), one(entry, 2, 0)
        assert role in ROLES and works(role, one(key, 1, 0), one(key, 2)), "a key that cannot work"
        assert not one(entry, 4, 0) or one(entry, 3, 0) <= one(entry, 4, 0), "a key that ends before it begins"
        roles.append(role)
        if role == 1 and admin is None: admin = key_id(one(key, 2))
    assert admin is not None and admin == one(o, 1), "an id that is not the admin key's"
    assert not (validators or {3, 4, 6} & set(roles)) or set(roles) == set(ROLES), "a role is missing"
    for validator in validators: validates(validator)
    assert len(keys) <= 64 and len(nodes) <= 64 and all(len(n) == 20 and any(n) for n in nodes), "too many, or no node ids"

def bounded(parameters, state_proto, message="Parameters", bounds=BOUNDS):
    for number, (field, kind, _, _) in sorted(state_proto[message].items()):
        found, limit = parameters.get(number), bounds[field]
        if isinstance(limit, dict):
            assert found is not None, field
            bounded(parse(found[0]), state_proto, kind, limit)
        else: assert limit[0] <= (found or [0])[0] <= limit[1], field

def most_epochs(parameters, state_proto):
    number = {field: n for n, (field, _, _, _) in state_proto["Parameters"].items()}
    epochs = next(n for n, (field, _, _, _) in state_proto["Holdings"].items() if field == "epochs")
    of = lambda name: one(parse(one(parameters, number[name])), epochs)
    return of("holdings") + of("holdings_per_succession") * one(parameters, number["max_successions"])

def started(b, protos):
    """The organisations of app_state, parsed; raises when no chain may start from it."""
    canonical("Genesis", b, protos)
    state = parse(b)
    organisations = [parse(o) for o in state.get(3, [])]
    assert one(state, 1, 0) == 1 and 1 <= len(organisations) <= 64, "version or number of organisations"
    bounded(parse(state[2][0]), protos)
    assert most_epochs(parse(state[2][0]), protos) <= 8_192, "more epochs with all successions than one value holds"
    ids = [one(o, 1) for o in organisations]
    assert all(a < b for a, b in zip(ids, ids[1:])), "organisations do not rise"
    for o in organisations: organised(o)
    validators = [parse(v) for o in organisations for v in o.get(4, [])]
    assert 1 <= len(validators) <= 128, "number of validators"
    room = {field: parse(state[2][0]).get(number, [0])[0] for number, (field, *_) in protos["Parameters"].items() if field.startswith("max_")}
    assert room["max_keys"] >= 10_000 * len(organisations) + 2_000 * len(validators) and room["max_leaves"] >= 150_000 * len(organisations), "parts too small"
    for values in ([one(parse(one(parse(k), 1)), 2) for o in organisations for k in o.get(3, [])], [one(v, 1) for v in validators],
                   [one(v, 3) for v in validators] + [n for o in organisations for n in o.get(5, [])]):
        assert len(set(values)) == len(values), "twice"
    powers = [sum(one(parse(v), 2) for v in o.get(4, [])) for o in organisations]
    assert sum(powers) <= (2 ** 63 - 1) >> 3, "too much power"
    assert len(validators) == 1 or one(state, 4, 0) or all(3 * power < sum(powers) for power in powers), "one can stop the chain"
    return organisations

def moment(text):
    """Unix seconds of a time in RFC 3339, in UTC; a fraction of a second only ever adds."""
    wall = re.fullmatch(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?Z", text, re.ASCII)[1]
    return datetime.datetime.fromisoformat(wall + "+00:00").timestamp()

def trusted(document):
    """The genesis out of its parsed JSON."""
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}", document["chain_id"]) and not document.get("validators"), "chain id or validators"
    assert 1_577_836_800 <= moment(document["genesis_time"]) < 4_102_444_800, "genesis time"
    for section, name, wanted in CONSENSUS: assert document["consensus_params"][section][name] == wanted, name
    extensions = (document["consensus_params"].get("abci") or {}).get("vote_extensions_enable_height")
    assert extensions in (None, "0"), "vote extensions"
    organisations = started(from_base64(document["app_state"]), tables())
    validators = [(one(v, 1), one(v, 2)) for o in organisations for v in map(parse, o.get(4, []))]
    keys = {one(o, 1): [(one(k, 2, 0), one(parse(one(k, 1)), 2)) for k in map(parse, o.get(3, []))] for o in organisations}
    return {"chain": document["chain_id"], "validators": validators, "keys": keys, "organisations": organisations}

def read_genesis(path):
    with open(path) as file: return trusted(json.load(file))

def geneses(folder):
    with open(os.path.join(folder, "genesis.json")) as file: v = json.load(file)
    bound, named = {field for field, *_ in tables()["Parameters"].values()}, set(BOUNDS)
    check("genesis: every parameter has a bound" + "".join(f", not {n}" for n in sorted(bound ^ named)), bound == named)
    for one_ in v["taken"]: check("genesis taken: " + one_["what"], not refuses(trusted, one_["document"]))
    for one_ in v["refused"]: check("genesis refused: " + one_["why"], refuses(trusted, one_["document"]))
