"""Every message of proto/vitalvault/ledger/v1/tx.proto and how it is encoded, written from proto/ and docs/protocol.md §1.2.

Called by vectors.py: encodes each message of the vectors from its fields, and counts the messages and fields of tx.proto
against this table: one that is not here is red, and so is one that no vector has a value for.
"""
import os, re
from client import T, check, msg, signature_of, transaction_id, verifies

# (number, name, kind); a kind with * is repeated, one with a capital is a message.
MESSAGES = {
    "Tx": [(1, "body", "bytes"), (2, "signatures", "*Signature")],
    "Body": [(1, "version", "number"), (2, "chain_id", "text"), (3, "expires_at_height", "number"), (4, "expires_at_time", "number"), (5, "nonce", "number"),
             (10, "enrol_patient", "EnrolPatient"), (11, "publish_keys", "PublishKeys"), (12, "register_device", "RegisterDevice"),
             (13, "remove_device", "RemoveDevice"), (14, "register_member", "RegisterMember"), (15, "suspend_member", "SuspendMember"),
             (16, "put_grant", "PutGrant"), (17, "anchor_records", "AnchorRecords"), (18, "request_access", "RequestAccess")],
    "EnrolPatient": [(1, "signing_key", "SigningKey"), (2, "encryption_key", "bytes"), (3, "recovery_key", "SigningKey")],
    "PublishKeys": [(1, "identity", "bytes"), (2, "encryption_key", "bytes"), (3, "new_signing_key", "SigningKey"), (4, "epoch_statements", "*SignedEpochStatement"),
                    (5, "succession", "SignedKeySuccession")],
    "RegisterDevice": [(1, "owner", "bytes"), (2, "device_key", "SigningKey"), (3, "type_tags", "*bytes"), (4, "device_class", "number"), (5, "from_slot", "number")],
    "RemoveDevice": [(1, "owner", "bytes"), (2, "device", "bytes"), (3, "distrust_from_slot", "number"), (4, "registration", "number")],
    "RegisterMember": [(1, "organisation", "bytes"), (2, "signing_key", "SigningKey"), (3, "encryption_key", "bytes"), (4, "role", "number"), (5, "profile_hash", "bytes")],
    "SuspendMember": [(1, "organisation", "bytes"), (2, "member", "bytes")],
    "PutGrant": [(1, "patient", "bytes"), (2, "grant_id", "bytes"), (3, "version", "number"), (4, "grantee", "bytes"), (5, "type_tags", "*bytes"), (6, "actions", "*number"),
                 (7, "purposes", "*number"), (8, "access_from_slot", "number"), (9, "access_to_slot", "number"), (10, "data_from_slot", "number"),
                 (11, "data_to_slot", "number"), (12, "max_reads", "number"), (13, "parent_grant", "bytes"), (14, "epoch_statements", "*SignedEpochStatement")],
    "AnchorRecords": [(1, "entries", "*AnchorEntry")],
    "AnchorEntry": [(1, "record", "RecordEntry"), (2, "skip", "SkipEntry")],
    "RecordEntry": [(1, "header", "bytes"), (2, "ciphertext_hash", "bytes"), (3, "inner_key_hash", "bytes"), (4, "sealed_key_hash", "bytes"), (5, "signature", "bytes")],
    "SkipEntry": [(1, "skip", "bytes"), (2, "signature", "bytes")],
    "RequestAccess": [(1, "patient", "bytes"), (2, "grant_id", "bytes"), (3, "type_tag", "bytes"), (4, "slot_from", "number"), (5, "slot_to", "number"),
                      (6, "purpose", "number"), (7, "action", "number"), (8, "reader_key", "bytes"), (9, "details_hash", "bytes")],
    "RegisterDeviceResult": [(1, "registration", "number")],
    "StatementResults": [(1, "codes", "*number")],
    "AnchorResults": [(1, "results", "*AnchorEntryResult")],
    "AnchorEntryResult": [(1, "code", "number"), (2, "index", "number")],
    "Decision": [(1, "permit", "truth"), (2, "index", "number"), (3, "record_log_size", "number"), (4, "grant_version", "number"),
                 (5, "release_until_height", "number"), (6, "release_until_time", "number")],
}
# Of record.proto: what those hold.
HELD = {
    "SigningKey": [(1, "alg", "number"), (2, "public_key", "bytes")],
    "Signature": [(1, "alg", "number"), (2, "public_key", "bytes"), (3, "signature", "bytes")],
    "SignedEpochStatement": [(1, "statement", "bytes"), (2, "signature", "Signature")],
    "SignedKeySuccession": [(1, "succession", "bytes"), (2, "signature", "Signature")],
}
# Of events.proto, as its id covers it: without alert_id and raised_at_ms.
ALERT = {"Alert": [(2, "patient", "bytes"), (3, "kind", "number"), (5, "subject", "bytes"), (6, "text", "text"), (7, "reader", "bytes"), (8, "organisation", "bytes"),
                   (9, "permit", "truth"), (10, "request", "RequestAccess")]}
# "Reserved for delegation: must be absent today."
NO_VALUE = {("PutGrant", "parent_grant")}
KINDS = {"uint32": "number", "uint64": "number", "bytes": "bytes", "string": "text", "bool": "truth"}
PLAIN = {"number": int, "bytes": bytes.fromhex, "text": str, "truth": bool}

def encode(name, fields, seen=set()):
    """Canonical bytes of a message from its fields as the vectors write them: bytes in hexadecimal, uint64 as decimal text."""
    table, out = {**MESSAGES, **HELD, **ALERT}[name], []
    unknown = set(fields) - {field for _, field, _ in table}
    if unknown: raise ValueError(f"{name} has no field {', '.join(sorted(unknown))}")
    for number, field, kind in table:
        if field not in fields: continue
        seen.add((name, field))
        repeated, kind, value = kind[0] == "*", kind.lstrip("*"), fields[field]
        values = [PLAIN[kind](v) if kind in PLAIN else encode(kind, v, seen) for v in (value if repeated else [value])]
        # A message that is there is written, even when it is empty.
        out.append((number, values if repeated or kind not in PLAIN else values[0]))
    return msg(*out)

def declared(path):
    """Messages of a .proto file: {name: [(number, field, kind)]} in ascending order."""
    with open(path) as file: text = re.sub(r"//.*", "", file.read())
    found = {}
    for name, body in re.findall(r"\bmessage (\w+) \{((?:[^{}]|\{[^{}]*\})*)\}", text):
        rows = re.findall(r"(?:(repeated) )?([\w.]+) (\w+) = (\d+);", body)
        found[name] = sorted((int(n), field, ("*" if many else "") + KINDS.get(kind, kind.split(".")[-1])) for many, kind, field, n in rows)
    return found

def messages(v, raw):
    proto = os.path.join(os.path.dirname(__file__), "../../proto/vitalvault")
    transactions, held = declared(os.path.join(proto, "ledger/v1/tx.proto")), declared(os.path.join(proto, "record/v1/record.proto"))
    check(f"tx.proto has {len(transactions)} messages, all encoded here", sorted(transactions) == sorted(MESSAGES))
    for name in transactions: check("fields of " + name, transactions[name] == MESSAGES.get(name))
    check("fields of what they hold", all(held[name] == table for name, table in HELD.items()))
    seen = set()
    for t in v["transactions"]:
        fields = t["body"]["fields"]
        name, body = max(fields, key=lambda field: next(n for n, known, _ in MESSAGES["Body"] if known == field)), encode("Body", fields, seen)
        public = lambda signer: v["signingKeys"][signer]["publicKey"]
        tx_id = transaction_id(body, [bytes.fromhex(public(n)) for n in t["signers"]])
        signatures = [{"alg": 1, "public_key": public(n), "signature": signature_of(raw(n), tx_id)[-64:].hex()} for n in t["signers"]]
        check("encoded: " + name, body.hex() == t["body"]["bytes"] and tx_id.hex() == t["txId"]
              and encode("Tx", {"body": body.hex(), "signatures": signatures}, seen).hex() == t["tx"])
        for entry in fields.get("anchor_records", {}).get("entries", []): check("the device signed the " + next(iter(entry)), device_signed(entry, bytes.fromhex(public("device"))))
    for r in v["results"]: check("encoded: " + r["type"].split(".")[-1], encode(r["type"].split(".")[-1], r["fields"], seen).hex() == r["bytes"])
    missing = {(name, field) for name, table in transactions.items() for _, field, _ in table} - seen - NO_VALUE
    check("every field of tx.proto has a value in the vectors" + "".join(f", not {name}.{field}" for name, field in sorted(missing)), not missing)

def device_signed(entry, public):
    of = lambda kind, *names: [bytes.fromhex(entry[kind][name]) for name in names]
    if "record" in entry: digest = T("record", *of("record", "header", "ciphertext_hash", "inner_key_hash", "sealed_key_hash"))
    else: digest = T("skip", *of("skip", "skip"))
    return verifies(public, digest, *of("record" if "record" in entry else "skip", "signature"))
