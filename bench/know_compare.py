#!/usr/bin/env python3
"""What two programs found in one SBOM, and why they differ: know_compare.py OURS.json THEIRS.json

Ours is a check's JSON, theirs cve-bin-tool's report. Each CVE of each product and version is in one row.
"""

import collections
import json
import sys

ours = json.load(open(sys.argv[1], encoding="utf-8"))
theirs = json.load(open(sys.argv[2], encoding="utf-8"))

found, grades, asked = set(), {}, {}
for component in ours["components"]:
    name = (component["product"] or component["name"]).split(":")[-1].replace("\\", "")
    for weakness in component["weaknesses"]:
        key = (name, weakness["cve"])
        found.add(key)
        grades[key] = weakness["grade"]
    for question in component["questions"]:
        asked.update((cve, "unclear record") for cve in question["cves"])
reported = {(one["product"], one["cve_number"]) for one in theirs if one["cve_number"].startswith("CVE-")}

both = found & reported
rows = collections.Counter()
examples = collections.defaultdict(list)
for key in sorted(found | reported):
    if key in both:
        why = "both"
    elif key in found:
        why = f"only ours, {grades[key]}"
    elif key[1] in asked:
        why = f"only theirs; ours asks instead of blaming ({asked[key[1]]})"
    else:
        why = "only theirs"
    rows[why] += 1
    examples[why].append(" ".join(key))

print(f"ours {len(found)}, theirs {len(reported)}")
for why, count in rows.most_common():
    print(f"{count:7}  {why}: {', '.join(examples[why][:4])}")
