"""Reads a whole chain from one validator's RPC and says whether it is one: with nothing trusted but genesis.

python history.py <rpc url> <genesis.json>
Every header is signed by genesis' validators (docs/protocol.md §5.3), follows the one before, and has the hashes of its
transactions and of the results of the block before; every transaction is signed as docs/protocol.md §4.1 says, and no key used a nonce twice.
The last line on stdout is JSON, as client.py's.
"""
import base64, json, sys, urllib.request
from client import check, key_id, merkle, msg, one, parse, sha, signed_header, summary, transaction_id, verifies
from genesis import read_genesis

MOST_BLOCKS = 100_000

def ask(rpc, path):
    with urllib.request.urlopen(f"{rpc}/{path}", timeout=30) as answer: return json.load(answer)["result"]

def transactions(block): return [base64.b64decode(tx) for tx in block["data"]["txs"] or []]

def results_hash(answer):
    """Over what is consensus data of a result: code, data, gas; no log, no events."""
    return merkle([msg((1, r.get("code", 0)), (2, base64.b64decode(r.get("data") or "")), (5, int(r.get("gas_wanted", 0))),
                       (6, int(r.get("gas_used", 0)))) for r in answer["txs_results"] or []])

def signed_by(tx):
    """Key ids of a transaction's signers; None when one of them did not sign it."""
    parts = parse(tx)
    signatures = [parse(signature) for signature in parts.get(2, [])]
    publics, digest = [one(s, 2) for s in signatures], None
    digest = transaction_id(one(parts, 1), publics)
    return [key_id(p) for p in publics] if publics and all(verifies(one(s, 2), digest, one(s, 3)) for s in signatures) else None

def blocks(rpc, genesis_path):
    """(height, its signed header, block and results as told) of each block below the newest; raises when a header is not signed."""
    genesis = read_genesis(genesis_path)
    newest = int(ask(rpc, "status")["sync_info"]["latest_block_height"])
    assert newest <= MOST_BLOCKS, "a longer chain than this is made for"
    for height in range(1, newest):
        h = signed_header(ask(rpc, f"commit?height={height}")["signed_header"], genesis["chain"], genesis["validators"])
        yield height, h, ask(rpc, f"block?height={height}"), ask(rpc, f"block_results?height={height}")

def history(rpc, genesis_path):
    before = results = None
    newest, headers, links, bodies, outcomes, unsigned, twice, count, nonces = 1, 0, 0, 0, 0, 0, 0, 0, set()
    for height, h, block, told in blocks(rpc, genesis_path):
        newest = height + 1
        headers += int(h["height"]) == height
        links += before is None or h["last_block_id"]["hash"] == before
        bodies += merkle([sha(tx) for tx in transactions(block["block"])]).hex().upper() == h["data_hash"] and block["block_id"]["hash"] != before
        outcomes += results is None or results.hex().upper() == h["last_results_hash"]
        codes = [r.get("code", 0) for r in told["txs_results"] or []]
        for tx, code in zip(transactions(block["block"]), codes, strict=True):
            signers, count = signed_by(tx), count + 1
            unsigned += signers is None
            if code == 0 and signers:
                name = (signers[0], one(parse(one(parse(tx), 1)), 5, 0))
                twice += name in nonces
                nonces.add(name)
        before, results = block["block_id"]["hash"], results_hash(told)
    check(f"{newest - 1} headers are signed by more than two thirds of genesis' validators", headers == newest - 1 > 0)
    check("each follows the one before", links == newest - 1)
    check("each has the hash of its transactions", bodies == newest - 1)
    check("each has the hash of the results before", outcomes == newest - 1)
    check(f"{count} transactions are signed by every signer that they name", unsigned == 0)
    check("no nonce of a key was executed twice", twice == 0)

if __name__ == "__main__":
    summary(history, *sys.argv[1:3])
