"""Checks the formulas of client.py against test/vectors/protocol.json and the files beside it: python vectors.py <protocol.json>"""
import base64, json, os, sys
from client import (T, check, header_of, key_id, merkle, msg, open_payload, public_of, request_headers, sha, sign, state_key, state_root,
                    summary, type_tag, unseal, x_public)
from forms import encodings
from genesis import geneses
from messages import encode, messages
from order import order
from parts import parts

def vectors(path):
    with open(path) as file: v = json.load(file)
    unhex, raw = bytes.fromhex, lambda name: unhex({**v["signingKeys"], **v["encryptionKeys"]}[name]["privateKey"])
    check("signing keys", all(public_of(unhex(k["privateKey"])).hex() == k["publicKey"] and key_id(unhex(k["publicKey"])).hex() == k["keyId"] for k in v["signingKeys"].values()))
    check("encryption keys", all(x_public(unhex(k["privateKey"])).hex() == k["publicKey"] and key_id(unhex(k["publicKey"]), 16).hex() == k["keyId"] for k in v["encryptionKeys"].values()))
    check("tagged hashes", all(T(name, unhex(v["taggedHashes"]["input"])).hex() == out for name, out in v["taggedHashes"]["outputs"].items()))
    check("type tag", type_tag(unhex(v["typeTag"]["tagKey"]), v["typeTag"]["schemaName"]).hex() == v["typeTag"]["tag"])
    for a in v["alerts"]: check(f"id of an alert of kind {a['fields']['kind']}", encode("Alert", a["fields"]).hex() == a["bytes"] and T("alert", unhex(a["bytes"])).hex() == a["id"])
    for s in v["statements"]:
        digest = T(s["tag"], unhex(s["bytes"]))
        check("statement " + s["tag"], digest.hex() == s["digest"] and sign(raw(s["signer"]), digest).hex() == s["signature"])
    r, f = v["record"], v["record"]["header"]["fields"]
    header = header_of({"chain": f["chain_id"], "patient": unhex(f["patient"]), "device": unhex(f["device"]), "registration": f["registration"], "tag": unhex(f["type_tag"]), "epoch": f["epoch"],
                        "slot": f["slot"], "sequence": int(f["sequence"]), "tag_sequence": int(f["tag_sequence"]), "count": f["count"], "release_key_id": unhex(f["release_key_id"])})
    ciphertext, inner, outer = unhex(r["ciphertext"]), unhex(r["innerKey"]["sealed"]), unhex(r["sealedKey"]["sealed"])
    record_id = T("record", header, sha(ciphertext), sha(inner), sha(outer))
    check("record header", header.hex() == r["header"]["bytes"])
    check("record id, signature, CID", record_id.hex() == r["recordId"] and sign(raw("device"), record_id).hex() == r["signature"]
          and "b" + base64.b32encode(b"\x01\x55\x12\x20" + sha(ciphertext)).decode().lower().rstrip("=") == r["cid"])
    opened = unseal("release-key", raw("release"), msg((1, sha(header)), (2, sha(inner))), outer)
    dek = unseal("record-key", raw("epoch"), msg((1, sha(header))), opened)
    check("record opens through both seals", opened == inner and dek.hex() == r["dek"] and open_payload(dek, ciphertext, header).hex() == r["payload"]["bytes"])
    for h in v["hpke"]: check("HPKE " + h["use"], unseal(h["use"], raw(h["to"]), unhex(h["context"]["bytes"]), unhex(h["sealed"])).hex() == h["plaintext"])
    messages(v, raw)
    s, proof = v["state"], lambda p: (list(map(unhex, p["siblings"])), unhex(p.get("otherKey", "")), unhex(p.get("otherValueHash", "")))
    for e in s["entries"]:
        key = state_key(e["kind"], list(map(unhex, e["parts"])))
        check(f"state of kind {e['kind']}", key.hex() == e["key"] and state_root(key, unhex(e["value"]), *proof(e["proof"])).hex() == s["root"])
    check("absence in the state", state_root(unhex(s["absent"]["key"]), None, *proof(s["absent"]["proof"])).hex() == s["root"])
    check("log roots", [merkle(list(map(unhex, s["log"]["leaves"][:n]))).hex() for n in range(6)] == s["log"]["roots"])
    for q in v["requests"]:
        body = unhex(q["body"]) if q["body"] else None
        check("signed request " + q["method"], request_headers(q["method"], q["url"], body, raw(q["signer"]), unhex(q["organisation"]), q["created"], unhex(q["nonce"])) == q["headers"])

if __name__ == "__main__":
    summary(lambda path: (vectors(path), parts(os.path.dirname(path)), encodings(os.path.dirname(path), check), geneses(os.path.dirname(path)), order(os.path.dirname(path))), sys.argv[1])
