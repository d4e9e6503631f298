"""Whether a receipt is one, by nothing but genesis. @spec docs/protocol.md §9.1"""
from ledger import T, one, parse
from client import verifies
from genesis import read_genesis

INGEST = 3  # role of a key

def receipts_of(genesis_path):
    genesis = read_genesis(genesis_path)
    return lambda receipt, record: proves(genesis, receipt, record)

def proves(genesis, receipt, record):
    """Whether a SignedAccepted (hexadecimal) says of that record, by an ingest key of whom it names, that it was accepted."""
    try:
        signed = parse(bytes.fromhex(receipt))
        accepted, signature = one(signed, 1), parse(one(signed, 2))
        said, public = parse(accepted), one(signature, 2)
        return (one(said, 1).decode() == genesis["chain"] and one(said, 3).hex() == record
                and (INGEST, public) in genesis["keys"].get(one(said, 2), []) and verifies(public, T("accepted", accepted), one(signature, 3)))
    except (ValueError, IndexError): return False
