#!/usr/bin/env python3
"""The demo hospital's lists: what an IT generalist can export on a Monday morning, for the same house as the capture.

Writes `examples/lists/` and its truth file. Every row is made up; names of people are canaries that must never be kept.
The list of Debian packages is what `dpkg -l` prints on the machine that this runs on, so it is real.
Usage: lab/lists.py [FOLDER]
"""

import csv
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DAY = "2026-11-23"
DOMAIN = "DC=clinic,DC=example"

# name, system, version, last logon, enabled, address
COMPUTERS = [
    ("SRV-DC-1", "Windows Server 2022 Standard", "10.0 (20348)", "2026-11-22", True, "10.20.3.11"),
    ("SRV-FILES", "Windows Server 2012 R2 Standard", "6.3 (9600)", "2026-11-22", True, "10.20.3.21"),
    ("SRV-BILLING", "Windows Server 2016 Standard", "10.0 (14393)", "2026-11-22", True, "10.20.3.31"),
    ("SRV-PAYROLL", "Windows Server 2008 R2 Standard", "6.1 (7601)", "2026-11-21", True, "10.20.3.32"),
    ("SRV-MAIL", "Windows Server 2019 Standard", "10.0 (17763)", "2026-11-22", True, "10.20.3.33"),
    ("WS-RADIOLOGY-1", "Windows 10 Pro", "10.0 (19045)", "2026-11-20", True, "10.20.2.101"),
    ("WS-WARD-1", "Windows 11 Pro", "10.0 (26100)", "2026-11-22", True, "10.20.1.102"),
    ("PC-OFFICE-2", "Windows 7 Professional", "6.1 (7601)", "2026-03-02", True, ""),
    ("NB-HOLLERIEDER", "Windows 11 Pro", "10.0 (26100)", "2026-11-19", True, "10.20.3.105"),
]

# account, last logon, password set, never expires, not required, groups, service
ACCOUNTS = [
    ("administrator", "2026-11-20", "2019-02-11", True, False, ["Domain Admins", "Enterprise Admins"], ""),
    ("k.kornelkirschner", "2026-11-22", "2026-10-02", False, False, ["Domain Admins"], ""),
    ("m.moosbeerlein", "2026-11-21", "2026-09-14", False, False, [], ""),
    ("t.theodelinde", "2025-04-03", "2025-01-20", False, False, [], ""),
    ("p.preiselbeermann", "2025-11-30", "2025-08-08", True, False, [], ""),
    ("svc-pacs", "2026-11-22", "2017-06-30", True, False, [], "HTTP/pacs.clinic.example"),
    ("svc-backup", "2026-11-22", "2018-01-15", True, False, ["Domain Admins"], "backup/srv-dc-1"),
    ("scanner", "2026-11-22", "2020-05-05", True, True, [], ""),
]

# account, administrator, registered, capable
SECOND_FACTORS = [
    ("k.kornelkirschner@clinic.example", True, True),
    ("administrator@clinic.example", True, False),
    ("m.moosbeerlein@clinic.example", False, True),
    ("t.theodelinde@clinic.example", False, False),
    ("reception@clinic.example", False, False),
]

# tag, description, maker, model, serial, software, department, room, address, card, status, last service
EQUIPMENT = [
    ("ME-0101", "Computed tomography scanner", "Philips", "Brilliance 64", "CT-55120", "2.6.1", "Radiology", "R 012",
     "10.20.2.21", "", "In use", "2026-05-12"),
    ("ME-0102", "Ultrasound system", "Samsung Medison", "HS70A", "S1K7M3", "", "Cardiology", "C 104", "10.20.2.22", "",
     "In use", "2026-02-03"),
    ("ME-0103", "MRI system", "Siemens Healthineers", "MAGNETOM Sola", "182211", "", "Radiology", "R 020", "10.20.2.23", "",
     "In use", "2026-08-21"),
    ("ME-0110", "Haematology analyser", "Sysmex", "XN-1000", "A7781", "", "Laboratory", "L 003", "10.20.1.21", "", "In use",
     "2026-07-01"),
    ("ME-0120", "Patient monitor", "Mindray", "BeneVision N12", "FM-90110", "", "Intensive care", "I 201", "10.20.1.41", "",
     "In use", "2026-04-17"),
    ("ME-0121", "Infusion pump", "B. Braun", "Infusomat Space", "88120", "", "Intensive care", "I 201", "", "", "In use",
     "2026-04-18"),
    ("ME-0122", "Infusion pump rack", "B. Braun", "SpaceStation", "88001", "", "Intensive care", "I 201", "10.20.1.51", "",
     "In use", "2026-04-18"),
    ("ME-0130", "Ventilator", "Hamilton Medical", "HAMILTON-C6", "7706", "1.1.5", "Intensive care", "I 202", "", "",
     "In use", "2026-01-09"),
    ("ME-0131", "Ventilator", "Hamilton Medical", "HAMILTON-C6", "7707", "1.1.5", "Intensive care", "Store", "", "",
     "Spare", "2026-01-09"),
    ("ME-0140", "Anaesthesia machine", "GE Healthcare", "Aespire 7900", "ANB-4411", "", "Operating theatre", "OT 1", "", "",
     "In use", "2025-12-01"),
    ("ME-0090", "Infusion pump", "B. Braun", "Infusomat fmS", "11877", "", "Surgery", "Store", "", "", "Retired",
     "2021-03-11"),
]

# computer, name, version, publisher
SOFTWARE = [
    ("SRV-FILES", "7-Zip 16.04 (x64)", "16.04", "Igor Pavlov"),
    ("SRV-BILLING", "Apache Tomcat 9.0.30", "9.0.30", "The Apache Software Foundation"),
    ("SRV-BILLING", "PostgreSQL 9.6", "9.6.1", "PostgreSQL Global Development Group"),
    ("WS-RADIOLOGY-1", "TeamViewer", "15.51.6", "TeamViewer"),
    ("WS-RADIOLOGY-1", "Adobe Acrobat Reader DC", "19.010.20064", "Adobe Systems Incorporated"),
    ("WS-WARD-1", "Mozilla Firefox ESR (x64 en-US)", "60.0", "Mozilla"),
]

MISSING = [
    ("SRV-BILLING", "KB4499175", "Critical", "2026-11-20"),
    ("SRV-PAYROLL", "KB4499175", "Critical", "2026-11-20"),
]

# computer, state, definitions, last seen
PROTECTION = [
    ("SRV-DC-1", "Active", "Up to date", "2026-11-22"),
    ("SRV-BILLING", "Active", "Out of date", "2026-10-01"),
    ("SRV-PAYROLL", "Not installed", "", ""),
    ("WS-WARD-1", "Active", "Up to date", "2026-11-22"),
    ("NB-HOLLERIEDER", "Disabled", "Up to date", "2026-11-19"),
]

# object, last result, end time
BACKUPS = [
    ("SRV-DC-1", "Success", "2026-11-22 02:10:00"),
    ("SRV-BILLING", "Failed", "2026-11-22 02:40:00"),
    ("SRV-FILES", "Success", "2026-08-01 03:00:00"),
]

CANARIES = ["HOLLERIEDER", "kornelkirschner", "moosbeerlein", "theodelinde", "preiselbeermann"]

# What is planted: where the program must find it (an address, or a word of the title), and the codes of all weak settings there.
PLANTED = [
    ("account directory", ["accounts-stale:accounts", "accounts-privileged:second-factor", "passwords-forever:none",
                           "passwords-forever:old", "second-factor-missing:accounts"]),
    ("10.20.3.21", ["unsupported:windows-server-2012-r2", "backup-missing:old"]),
    ("10.20.3.31", ["unsupported:postgresql-9.6", "updates-missing:updates", "endpoint-protection-off:silent",
                    "backup-missing:state"]),
    ("10.20.3.32", ["unsupported:windows-server-2008-r2-sp1", "updates-missing:updates",
                    "endpoint-protection-off:state"]),
    # Windows 11 24H2: Home and Pro were mended until 13 October 2026.
    ("10.20.1.102", ["unsupported:windows-11-24h2-w"]),
    ("10.20.3.105", ["unsupported:windows-11-24h2-w", "endpoint-protection-off:state"]),
    ("pc-office-2", ["unsupported:windows-7-sp1", "accounts-stale:computer"]),
]

# Products in versions that published weaknesses name, and where: nothing else may be blamed for one.
VULNERABLE = [
    ("10.20.2.21", "Brilliance 64"),
    ("ME-0140", "GE Aespire"),
    ("10.20.3.21", "7-zip"),
    ("10.20.3.31", "Apache Tomcat"),
    ("10.20.3.31", "PostgreSQL"),
    ("10.20.2.101", "acrobat reader dc"),
    ("10.20.1.102", "firefox esr"),
]

# What the list of packages is of, and which of them are wanted.
PACKAGES_OF = "10.20.3.20"
PACKAGES = ["openssh-server", "openssl", "libssl3", "bash", "curl", "libcurl4", "sudo", "zlib1g", "libc6", "perl-base"]


def write(folder, name, heading, rows):
    with open(folder / name, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        out.writerow(heading)
        out.writerows(rows)


def us(day):
    """A day as Export-Csv writes it on an American system."""
    year, month, day = day.split("-")
    return f"{int(month)}/{int(day)}/{year} 8:14:03 AM"


def computers(folder):
    heading = ["Name", "DNSHostName", "Enabled", "IPv4Address", "LastLogonDate", "OperatingSystem", "OperatingSystemVersion",
               "DistinguishedName"]
    write(folder, "computers.csv", heading, [
        (name, f"{name.lower()}.clinic.example", enabled, ip, us(logon), system, version, f"CN={name},CN=Computers,{DOMAIN}")
        for name, system, version, logon, enabled, ip in COMPUTERS
    ])


def accounts(folder):
    heading = ["SamAccountName", "Enabled", "LastLogonDate", "PasswordLastSet", "PasswordNeverExpires", "PasswordNotRequired",
               "MemberOf", "ServicePrincipalName", "DistinguishedName"]
    member = lambda groups: ";".join(f"CN={group},CN=Users,{DOMAIN}" for group in groups)
    write(folder, "accounts.csv", heading, [
        (name, True, us(logon), us(since), forever, free, member(groups), spn, f"CN={name},CN=Users,{DOMAIN}")
        for name, logon, since, forever, free, groups, spn in ACCOUNTS
    ])


def second_factors(folder):
    heading = ["userPrincipalName", "isAdmin", "isMfaRegistered", "isMfaCapable"]
    write(folder, "second-factors.csv", heading, [(name, admin, has, has) for name, admin, has in SECOND_FACTORS])


def equipment(folder):
    heading = ["Asset Tag", "Description", "Manufacturer", "Model", "Serial Number", "Software Version", "Department", "Room",
               "IP Address", "MAC Address", "Status", "Last PM"]
    write(folder, "equipment.csv", heading, EQUIPMENT)


def packages(folder):
    text = subprocess.run(["dpkg", "-l", *PACKAGES], capture_output=True, text=True, env={"COLUMNS": "160", "LC_ALL": "C",
                          "PATH": "/usr/bin:/bin"}, check=False).stdout
    (folder / "packages.dpkg.txt").write_text(text, encoding="utf-8")


def truth(folder):
    lines = ["# Written by lab/lists.py; do not edit by hand.", f'day = "{DAY}"', f'packages_of = "{PACKAGES_OF}"',
             "canaries = [" + ", ".join(f'"{one}"' for one in CANARIES) + "]", ""]
    quoted = lambda texts: "[" + ", ".join(f'"{one}"' for one in texts) + "]"
    for place, codes in PLANTED:
        lines += ["[[planted]]", f'on = "{place}"', f"codes = {quoted(codes)}", ""]
    for place, product in VULNERABLE:
        lines += ["[[vulnerable]]", f'on = "{place}"', f'product = "{product}"', ""]
    (folder / "lists.truth.toml").write_text("\n".join(lines), encoding="utf-8")


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "examples" / "lists"
    folder.mkdir(parents=True, exist_ok=True)
    computers(folder)
    accounts(folder)
    second_factors(folder)
    equipment(folder)
    write(folder, "software.csv", ["ComputerName", "DisplayName", "DisplayVersion", "Publisher"], SOFTWARE)
    write(folder, "missing-updates.csv", ["ComputerName", "KB", "Severity", "LastReported"], MISSING)
    write(folder, "protection.csv", ["Device name", "Antivirus status", "Signature status", "Last seen"], PROTECTION)
    write(folder, "backups.csv", ["Object", "Last Result", "End Time"], BACKUPS)
    packages(folder)
    truth(folder)


if __name__ == "__main__":
    main()
