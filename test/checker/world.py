"""What is judged: what clients saw, what the ledger says, what the services' stores say. README.md has the formats."""
import json, os
from dataclasses import dataclass, field

@dataclass
class Posted:
    """A record that a device posted until it had an answer; times in Unix milliseconds, by the client's clock."""
    patient: str
    record: str
    sent: int
    answered: int | None
    outcome: str  # accepted | refused | unknown
    proven: bool | None = None  # whether its receipt is a custodian's, for it; None: the client kept none

@dataclass
class Asked:
    """A transaction of which a client knows the id: a request, a grant or a revocation."""
    act: str  # request | grant | revoke
    patient: str
    tx: str
    sent: int
    answered: int | None
    outcome: str  # permitted | refused | committed | unknown
    grant: str = ""

@dataclass
class Fetched:
    """An answer of storage to a reader: `opened` when at least one key came with it."""
    patient: str
    tx: str
    sent: int
    answered: int | None
    outcome: str  # opened | refused | unknown
    alerted: bool | None = None  # whether others could read the permit's alert in notify's database then; None: nobody could look

@dataclass
class Listed:
    """What a patient was shown when she asked for all her alerts: their ids."""
    patient: str
    sent: int
    answered: int
    alerts: list[str]

@dataclass
class Access:
    """A request that the ledger decided; `place` orders all that it executed."""
    place: tuple[int, int]
    patient: str
    tx: str
    grant: str
    permit: bool
    index: int  # in the patient's access log
    time: int = 0  # of its block, Unix milliseconds: before anybody can have its entry
    reader: str | None = None  # None: its key is no member's first one
    organisation: str | None = None

@dataclass
class Terms:
    """A version of a grant that the ledger took; without terms it is a revocation."""
    place: tuple[int, int]
    patient: str
    grant: str
    tx: str
    version: int
    revokes: bool

@dataclass
class Anchored:
    """An entry of a record that the ledger took."""
    place: tuple[int, int]
    patient: str
    record: str
    number: tuple[str, int, int]  # device, registration, sequence
    content: str = ""  # SHA-256 of the ciphertext

@dataclass
class Alert:
    patient: str
    id: str
    kind: str
    subject: str
    queued: int  # Unix milliseconds, by the database's clock
    reader: str | None = None
    organisation: str | None = None

@dataclass
class Released:
    """That policy wrote down a release, before it opened a seal; `number` counts the answers of its permit from 1."""
    tx: str
    number: int
    at: int
    request: str  # SHA-256 of what the reader signed for it
    height: int  # of the header that it was proven by: it has the state of the block before

    @property
    def subject(self): return f"{self.tx}{self.number:08x}{self.request}"

@dataclass
class Pinned:
    """That an IPFS peer, asked by itself, holds a block by a pin."""
    peer: int
    content: str  # SHA-256 of the block

@dataclass
class Back:
    """That a service's database lost what was written between two times, by what was done to it: no promise of the platform's."""
    store: str  # policy | notify | storage
    since: int
    to: int

@dataclass
class World:
    posted: list[Posted] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    fetched: list[Fetched] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)
    anchored: list[Anchored] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    released: list[Released] = field(default_factory=list)
    pinned: list[Pinned] = field(default_factory=list)
    back: list[Back] = field(default_factory=list)

def watched(world):
    """Patients whom a client wrote of."""
    return {one.patient for one in [*world.posted, *world.asked, *world.fetched]}

def theirs(world):
    """The world as far as it is about patients whom a client wrote of: what others did at the same time is left out."""
    own = watched(world)
    others = {one.tx for one in world.accesses if one.patient not in own}
    return World(world.posted, world.asked, world.fetched, world.listed,
                 *([one for one in ones if one.patient in own] for ones in (world.accesses, world.terms, world.anchored, world.alerts)),
                 [one for one in world.released if one.tx not in others], world.pinned, world.back)

KEPT = {"alert": Alert, "release": Released, "pin": Pinned, "back": Back}

def lines(folder):
    """Every line of the folder's files; a file that is cut in a line, or says what nobody knows, is no evidence."""
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".jsonl"): continue
        with open(os.path.join(folder, name)) as file:
            for number, line in enumerate(file, 1):
                try: yield json.loads(line)
                except ValueError as error: raise ValueError(f"{name}, line {number}: {error}") from error

def read_observed(folder, world, proves):
    """@param proves: whether a receipt (hexadecimal) is a custodian's for that record"""
    for line in lines(folder):
        act = line["act"]
        if act in ("request", "grant", "revoke"):
            world.asked.append(Asked(**line))
            continue
        del line["act"]
        if act == "post":
            receipt = line.pop("receipt", None)
            world.posted.append(Posted(**line, proven=None if receipt is None else proves(receipt, line["record"])))
        elif act == "fetch": world.fetched.append(Fetched(**line))
        elif act == "list": world.listed.append(Listed(**line))
        else: raise ValueError(f"no act {act}")

def read_kept(folder, world):
    for line in lines(folder):
        what = line.pop("what")
        {"alert": world.alerts, "release": world.released, "pin": world.pinned, "back": world.back}[what].append(KEPT[what](**line))
