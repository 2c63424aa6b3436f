#!/usr/bin/env python3
"""The peer of `bench/know`: fills cve-bin-tool's own database from the same NVD files, and draws SBOMs from it.

    know_peer.py load NVD-FOLDER          fill the database (in ~/.cache; HOME says where)
    know_peer.py draw COMPONENTS FILE     a CycloneDX 1.5 SBOM of so many components, always the same ones

cve-bin-tool (GPL-3.0) is run as a program and through its own loader; nothing of it is kept here.
"""

import asyncio
import gzip
import json
import pathlib
import sqlite3
import sys

SEED = 20261124
NAMES = pathlib.Path("~/.cache/cve-bin-tool/applications.json").expanduser()


def load(folder):
    """Through its own classes, year by year, so that it judges by what it would have loaded itself."""
    from cve_bin_tool.cvedb import CVEDB
    from cve_bin_tool.data_sources.nvd_source import NVD_Source

    source = NVD_Source(nvd_type="json-nvd")
    database = CVEDB(sources=[source])
    database.cachedir.mkdir(parents=True, exist_ok=True)
    database.init_database()
    database.populate_metrics()
    total, applications = 0, set()
    for path in sorted(pathlib.Path(folder).glob("nvdcve-2.0-*.json.gz")):
        with gzip.open(path) as file:
            entries = json.load(file)["vulnerabilities"]
        entries = [scored(entry) for entry in entries if entry["cve"].get("descriptions")]
        applications.update(name for entry in entries for name in applications_of(entry["cve"]))
        severity, affected = source.format_data_api2(entries)
        cursor = database.db_open_and_get_cursor()
        database.populate_severity(severity, cursor, data_source="NVD")
        database.populate_cve_metrics(severity, cursor)
        database.populate_affected(affected, cursor, data_source="NVD")
        database.connection.commit()
        database.db_close()
        total += len(severity)
    NAMES.write_text(json.dumps(sorted(applications)))
    print(f"{total} CVEs")


def applications_of(cve):
    """`vendor:product` of the applications that a record names: its own tables do not tell them from systems and hardware."""
    for configuration in cve.get("configurations", []):
        for node in configuration["nodes"]:
            for match in node["cpeMatch"]:
                _, _, part, vendor, product, *_ = match["criteria"].split(":")
                if part == "a":
                    yield f"{vendor}:{product}"


def scored(entry):
    """With a score of 0 where it has none: its loader stops on such records (3.4)."""
    if not entry["cve"].get("metrics"):
        data = {"baseScore": 0, "baseSeverity": "NONE", "vectorString": ""}
        entry["cve"]["metrics"] = {"cvssMetricV31": [{"cvssData": data}]}
    return entry


def draw(count, target):
    """Components whose vendor, product and version stand in the database, spread evenly over it."""
    database = sqlite3.connect(pathlib.Path("~/.cache/cve-bin-tool/cve.db").expanduser())
    rows = database.execute(
        "SELECT DISTINCT vendor, product, version FROM cve_range"
        " WHERE version GLOB '[0-9]*.[0-9]*' AND product NOT LIKE '%\\%' ORDER BY vendor, product, version"
    ).fetchall()
    applications = set(json.loads(NAMES.read_text()))
    rows = [row for row in rows if f"{row[0]}:{row[1]}" in applications]
    step, place, components = max(1, len(rows) // count), SEED % max(1, len(rows) // count), []
    for vendor, product, version in rows[place::step][:count]:
        components.append({
            "type": "application", "name": product, "version": version, "supplier": {"name": vendor},
            "cpe": f"cpe:2.3:a:{vendor}:{product}:{version}:*:*:*:*:*:*:*",
        })
    pathlib.Path(target).write_text(json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}))
    print(f"{len(components)} components of {len(rows)}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["load", folder]:
            load(folder)
        case ["draw", count, target]:
            draw(int(count), target)
        case _:
            sys.exit(__doc__)
