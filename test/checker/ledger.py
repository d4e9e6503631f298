"""The ledger's word, read from one validator's RPC with nothing trusted but genesis, and decoded from the protocol's text.

Shares hashes, encodings and the verification of headers with the second client, and nothing with the TypeScript.
"""
import base64, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../second-client"))
from client import T, key_id, merkle, one, parse, sha, timestamp, transaction_id
from history import blocks, results_hash, signed_by, transactions
from messages import MESSAGES
from world import Access, Anchored, Terms

NAMES = {number: name for number, name, kind in MESSAGES["Body"] if kind[0].isupper()}

def executed(rpc, genesis_path):
    """(place, message name, its fields, tx id, result data, ids of the signers' keys, the block's time in Unix
    milliseconds) of each transaction that took effect.

    @spec docs/protocol.md §5.3, §4.1. Raises when a header, a body or a result is not what the validators signed.
    """
    before = None  # hash of the results of the block before
    for height, h, answer, told in blocks(rpc, genesis_path):
        block = answer["block"]
        assert merkle([sha(tx) for tx in transactions(block)]).hex().upper() == h["data_hash"], f"block {height}: other transactions"
        assert before is None or before.hex().upper() == h["last_results_hash"], f"block {height - 1}: other results"
        before = results_hash(told)
        seconds, nanoseconds = timestamp(h["time"])
        for index, (tx, result) in enumerate(zip(transactions(block), told["txs_results"] or [], strict=True)):
            if result.get("code", 0): continue
            parts = parse(tx)
            body = parse(one(parts, 1))
            number = max(body)
            publics = [one(parse(signature), 2) for signature in parts.get(2, [])]
            assert signed_by(tx), f"block {height}: a transaction that its signers did not sign"
            yield ((height, index), NAMES[number], parse(one(body, number)),
                   transaction_id(one(parts, 1), publics).hex(), base64.b64decode(result.get("data") or ""),
                   [key_id(public).hex() for public in publics], seconds * 1_000 + nanoseconds // 1_000_000)

def read_ledger(rpc, genesis_path, world):
    """Adds what the ledger decided. The last block is left out: its results have no header above them yet."""
    members = {}  # organisation by the member's id, which is that of her first key
    for place, name, fields, tx, data, signers, time in executed(rpc, genesis_path):
        if name == "register_member": members[key_id(one(parse(one(fields, 2)), 2)).hex()] = one(fields, 1).hex()
        elif name == "request_access":
            reader = signers[0] if signers[0] in members else None
            world.accesses.append(access_of(place, fields, tx, data, time, reader, members.get(reader)))
        elif name == "put_grant": world.terms.append(terms_of(place, fields, tx))
        elif name == "anchor_records": world.anchored.extend(anchored_of(place, fields, data))

def access_of(place, fields, tx, data, time, reader, organisation):
    decision = parse(data)
    return Access(place, one(fields, 1).hex(), tx, one(fields, 2).hex(), bool(one(decision, 1, 0)), one(decision, 2, 0), time, reader, organisation)

def terms_of(place, fields, tx):
    # A version without types opens nothing: docs/protocol.md §6.
    return Terms(place, one(fields, 1).hex(), one(fields, 2).hex(), tx, one(fields, 3, 0), not fields.get(5))

def anchored_of(place, fields, data):
    for entry, result in zip(map(parse, fields.get(1, [])), map(parse, parse(data).get(1, [])), strict=True):
        if one(result, 1, 0) or 1 not in entry: continue
        record = parse(one(entry, 1))
        header = parse(one(record, 1))
        yield Anchored(place, one(header, 4).hex(), T("record", *(one(record, n) for n in (1, 2, 3, 4))).hex(),
                       (one(header, 5).hex(), one(header, 6, 0), one(header, 10, 0)), one(record, 2).hex())
