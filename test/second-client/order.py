"""The order of refusals: what docs/protocol.md §4.2, §4.3 and §4.5 say, read from the text, against ledger-order.json."""
import json, os, re
from client import check

PROTOCOL = os.path.join(os.path.dirname(__file__), "../../docs/protocol.md")

with open(os.path.join(os.path.dirname(__file__), "../../docs/errors.md")) as file: CODES = set(re.findall(r"^\| \d+ \| (\w+) \|", file.read(), re.M))

def between(text, begin, end):
    start = text.index(begin)
    return text[start:text.index(end, start)]

def refusals(text):
    """Names behind the arrows of a text, in its order; `a` or `b` behind one arrow or else are both there."""
    return [n for n in re.findall(r"(?:→|, else|most|;|\+ 1,024:|too old:|ahead:)\s+`(\w+)`", text) if n in CODES]

def first_of(names):
    """Each name once, where it comes first."""
    return list(dict.fromkeys(names))

def said(text):
    """{of: [code names]} as the text has them."""
    common = between(text, "### 4.2", "### 4.3")
    structure, state = common.split("With state", 1)
    orders = {"structure": refusals(structure), "common": refusals(state.split("What *ends*")[0]),
              "statement": refusals(between(text, "An epoch statement is signed by", "A patient *used*")),
              "entry": refusals(between(text, "### 4.5", "### 4.6"))}
    for paragraph in re.split(r"\n(?=\*\*`)", between(text, "### 4.3", "`result.code` 0"))[1:]:
        name, rules = re.match(r"\*\*`(\w+)`", paragraph)[1], re.search(r"\n- Rules: (.*?)\n- Effect", paragraph, re.S)
        if rules: orders.setdefault(name, refusals(rules[1]) + re.findall(r"^- `(ceiling)` is the last of a message's own rules", text, re.M))
    return orders

def order(folder):
    with open(os.path.join(folder, "ledger-order.json")) as file: v = json.load(file)
    with open(PROTOCOL) as file: orders = said(file.read())
    for of, names in v["orders"].items():
        check(f"order of refusals: {of} as the text says", [n for n in first_of(orders[of]) if n in names] == names)
    wrong = [(c["of"], *c["holds"]) for c in v["cases"]
             if c["holds"][0] == c["holds"][1] or [n for n in first_of(orders[c["of"]]) if n in c["holds"]] != c["holds"]]
    check("order of refusals: each case gives what the text names first" + "".join(f", not {w}" for w in wrong), not wrong)
    missing = [(of, a, b) for of, names in orders.items() for i, a in enumerate(first_of(names)) for b in first_of(names)[i + 1:]
               if not {a, b} & set(v["without"]) and [a, b] not in [c["holds"] for c in v["cases"] if c["of"] == of] and [of, a, b] not in v["never"]]
    check("order of refusals: every two have a case, or cannot hold at once" + "".join(f", not {m}" for m in missing), not missing)
