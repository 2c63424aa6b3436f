#!/usr/bin/env python3
"""Holds a round over the demo capture against the truth that was recorded with it.

In: the round as JSON on standard input (`wardround round examples/clinic.pcapng --format json`). Out: rows like those of the table of
`make accuracy`, and each difference. Fails where a host is missing or made up, where fewer than 98 of 100 classes that are said are right,
where fewer than 95 of 100 that are true are said, and where anything is wrongly called a medical device. A figure of the lab says
nothing of the field.
"""

import json
import pathlib
import sys
import tomllib

MEDICAL = {"imaging-modality", "imaging-archive", "clinical-system", "laboratory-analyser", "patient-monitor", "infusion-pump"}
PRECISION, RECALL = 98, 95
TRUTH = pathlib.Path(__file__).parent.parent / "examples/clinic.truth.toml"


def main():
    hosts = tomllib.loads(TRUTH.read_text())["host"]
    assets = json.load(sys.stdin)["assets"]
    owners = {address: host for host in hosts for address in host["macs"] + host["ips"]}
    said, unknown = {}, []
    for asset in assets:
        names = {owners[address]["name"] for address in asset["addresses"] if address in owners}
        if len(names) == 1:
            said.setdefault(names.pop(), []).append(asset["class"])
        else:
            unknown.append(asset["id"])
    # A host that is two assets is no host that was found.
    found = {host["name"]: said[host["name"]][0] for host in hosts if len(said.get(host["name"], [])) == 1}
    pairs = [(host["name"], host["class"], found.get(host["name"], "unknown")) for host in hosts]
    claims = [pair for pair in pairs if pair[2] != "unknown"]
    true = [pair for pair in pairs if pair[1] != "unknown"]
    medical = [pair for pair in claims if pair[2] in MEDICAL]
    wrong = [pair for pair in pairs if pair[1] != pair[2]]
    rows = [
        ("hosts", len(found), len(hosts) - len(found) + len(unknown), 100),
        ("class, of those said", *score(claims), PRECISION),
        ("class, of those true", *score(true), RECALL),
        ("called medical", *score(medical), 100),
    ]
    for field, same, differs, _ in rows:
        print(f"{'lab':<18}{field:<26}{same:>7}{differs:>9}{0:>10}{0:>11}{100 * same / max(same + differs, 1):>10.2f}")
    for name, truth, ours in wrong:
        print(f"lab\tclass\t{name}\tours {ours}\ttheirs {truth}")
    low = [field for field, same, differs, goal in rows if same == 0 or 100 * same < goal * (same + differs)]
    if low:
        sys.exit(f"accuracy: below the goal: {', '.join(low)}")


def score(pairs):
    same = sum(truth == ours for _, truth, ours in pairs)
    return same, len(pairs) - same


main()
