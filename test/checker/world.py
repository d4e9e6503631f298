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

@dataclass
class Access:
    """A request that the ledger decided; `place` orders all that it executed."""
    place: tuple[int, int]
    patient: str
    tx: str
    grant: str
    permit: bool
    index: int  # in the patient's access log

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

@dataclass
class Alert:
    patient: str
    id: str
    kind: str
    subject: str
    queued: int  # Unix milliseconds, by the database's clock

@dataclass
class Released:
    """That policy wrote down a release, before it opened a seal; `number` counts the answers of its permit from 1."""
    tx: str
    number: int
    at: int
    request: str  # SHA-256 of what the reader signed for it

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
    accesses: list[Access] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)
    anchored: list[Anchored] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    released: list[Released] = field(default_factory=list)
    back: list[Back] = field(default_factory=list)

def theirs(world):
    """The world as far as it is about patients whom a client wrote of: what others did at the same time is left out."""
    own = {one.patient for one in [*world.posted, *world.asked, *world.fetched]}
    others = {one.tx for one in world.accesses if one.patient not in own}
    return World(world.posted, world.asked, world.fetched,
                 *([one for one in ones if one.patient in own] for ones in (world.accesses, world.terms, world.anchored, world.alerts)),
                 [one for one in world.released if one.tx not in others], world.back)

SEEN = {"post": Posted, "request": Asked, "grant": Asked, "revoke": Asked, "fetch": Fetched}
KEPT = {"alert": Alert, "release": Released, "back": Back}

def lines(folder):
    """Every line of the folder's files; a file that is cut in a line, or says what nobody knows, is no evidence."""
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".jsonl"): continue
        with open(os.path.join(folder, name)) as file:
            for number, line in enumerate(file, 1):
                try: yield json.loads(line)
                except ValueError as error: raise ValueError(f"{name}, line {number}: {error}") from error

def read_observed(folder, world):
    for line in lines(folder):
        act = line["act"]
        if SEEN[act] is Asked: world.asked.append(Asked(**line))
        else: {"post": world.posted, "fetch": world.fetched}[act].append(SEEN[act](**{k: v for k, v in line.items() if k != "act"}))

def read_kept(folder, world):
    for line in lines(folder):
        what = line.pop("what")
        {"alert": world.alerts, "release": world.released, "back": world.back}[what].append(KEPT[what](**line))
