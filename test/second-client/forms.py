"""Base64, canonical messages and deflate as docs/protocol.md §1.2 and §3.2 take them; checked against encodings.json."""
import base64, hashlib, json, os, re, zlib

MOST_INFLATED = 1 << 20

def from_base64(text):
    """Bytes of base64 with its pads, in the one form that they have."""
    decoded = base64.b64decode(text, validate=True)
    if base64.b64encode(decoded).decode() != text: raise ValueError("not base64")
    return decoded

def from_base64url(text):
    """Bytes of base64url without pads, in the one form that they have."""
    decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(decoded).decode().rstrip("=") != text: raise ValueError("not base64url")
    return decoded

def inflate(stream):
    """What the one deflate stream holds that the whole input is, at most 1 MiB."""
    reader = zlib.decompressobj(-15)
    found = reader.decompress(stream, MOST_INFLATED + 1)
    if len(found) > MOST_INFLATED: raise ValueError("more than 1 MiB")
    if not reader.eof or reader.unused_data or reader.unconsumed_tail: raise ValueError("not one whole deflate stream")
    return found

def varint(b, at):
    """A minimal varint of at most 64 bits, and where it ends."""
    number = 0
    for i in range(10):
        byte = b[at + i]
        number |= (byte & 127) << 7 * i
        if byte < 128:
            if i and not byte or number >> 64: raise ValueError("not a minimal number of 64 bits")
            return number, at + i + 1
    raise ValueError("a number of more than ten bytes")

def packed(b):
    at = 0
    while at < len(b): yield varint(b, at); at = varint(b, at)[1]

def value_of(kind, bits, wire, value, tables):
    """Checks one field's value (docs/protocol.md §1.2); an element of a list may be 0 or empty, anything else not."""
    many, kind = kind[0] == "*", kind.lstrip("*")
    if many and kind == "number":
        numbers = list(packed(value)) if wire == 2 else []
        if not numbers or any(n >> bits for n, _ in numbers): raise ValueError("numbers that are not packed, or too large")
    elif kind in ("number", "truth"):
        if wire != 0 or value == 0 or value >> (1 if kind == "truth" else bits): raise ValueError("a number that is 0 or too large")
    else:
        if wire != 2: raise ValueError("not bytes")
        if kind == "text": value.decode()
        if kind in ("text", "bytes"):
            if not value and not many: raise ValueError("empty")
        else: canonical(kind, value, tables)

def canonical(name, b, tables):
    """Raises unless these are the canonical bytes of the message. tables: {message: {number: (field, kind, bits, oneof)}}."""
    at, last, groups = 0, 0, set()
    while at < len(b):
        head, at = varint(b, at)
        number, wire = head >> 3, head & 7
        if number not in tables[name]: raise ValueError(f"{name} has no field {number}")
        _, kind, bits, group = tables[name][number]
        if number < last or number == last and (kind[0] != "*" or kind == "*number"): raise ValueError("out of order, or twice")
        if group in groups and number != last: raise ValueError("two members of a oneof")
        if group: groups.add(group)
        if wire not in (0, 2): raise ValueError("a wire type that no field has")
        value, at = varint(b, at)
        if wire == 2:
            if at + value > len(b): raise ValueError("cut")
            value, at = b[at:at + value], at + value
        value_of(kind, bits, wire, value, tables)
        last = number

KINDS = {"uint32": "number", "uint64": "number", "bytes": "bytes", "string": "text", "bool": "truth"}

def tables_of(*paths):
    """{message: {number: (field, kind, bits, oneof)}} of .proto files; a kind with * is repeated."""
    tables = {}
    for path in paths:
        with open(path) as file: text = re.sub(r"//.*", "", file.read())
        for name, body in re.findall(r"\bmessage (\w+) \{((?:[^{}]|\{[^{}]*\})*)\}", text):
            groups = {n: group for group, inner in re.findall(r"oneof (\w+) \{([^}]*)\}", body) for n in re.findall(r"= (\d+);", inner)}
            rows = re.findall(r"(?:(repeated) )?([\w.]+) (\w+) = (\d+);", body)
            tables[name] = {int(n): (field, ("*" if many else "") + KINDS.get(kind, kind.split(".")[-1]), 64 if kind == "uint64" else 32,
                                     groups.get(n)) for many, kind, field, n in rows}
    return tables

def refuses(read, *arguments):
    try: read(*arguments)
    except Exception: return True
    return False

def encodings(folder, check):
    with open(os.path.join(folder, "encodings.json")) as file: v = json.load(file)
    proto = os.path.join(os.path.dirname(__file__), "../../proto/vitalvault")
    tables = tables_of(os.path.join(proto, "record/v1/record.proto"), os.path.join(proto, "ledger/v1/tx.proto"))
    for name, read in (("base64", from_base64), ("base64url", from_base64url)):
        check(name + ": taken", all(read(one["text"]).hex() == one["bytes"] for one in v[name]["taken"]))
        for one in v[name]["refused"]: check(f"{name} refused: {one['why']}", refuses(read, one["text"]))
    for one in v["canonical"]["taken"]:
        check("canonical: " + one["what"], not refuses(canonical, one["message"], bytes.fromhex(one["bytes"]), tables))
    for one in v["canonical"]["refused"]:
        check("canonical refused: " + one["why"], refuses(canonical, one["message"], bytes.fromhex(one["bytes"]), tables))
    for one in v["deflate"]["taken"]:
        found = inflate(bytes.fromhex(one["stream"]))
        check("deflate: " + one["what"], (len(found), hashlib.sha256(found).hexdigest()) == (one["length"], one["sha256"]))
    for one in v["deflate"]["refused"]: check("deflate refused: " + one["why"], refuses(inflate, bytes.fromhex(one["stream"])))
