"""Synthetic patients and staff, and where each name flows: the canaries.

Nobody here exists. Each canary is a word that must never leave the capture. Most stand in
fields that Wardround never reads; some stand in fields that it does read, where only words
of its device vocabulary may be kept.
"""

NEVER = "never read"
MASKED = "masked word by word: only words of the device vocabulary are kept"

PATIENTS = {
    "ct": ("Zwetschgenbaum^Ottokar", "PID-77120934"),
    "us": ("Quittenberger^Liesbeth", "PID-77125518"),
    "mr": ("Hagebuttner^Wendelin", "PID-77128846"),
    "cr": ("Mirabellstein^Notburga", "PID-77129371"),
}

CANARIES = [
    ("Zwetschgenbaum", "DICOM PatientName (0010,0010), CT", NEVER),
    ("PID-77120934", "DICOM PatientID (0010,0020), CT", NEVER),
    ("Quittenberger", "DICOM PatientName (0010,0010), ultrasound, one direction only", NEVER),
    ("Hagebuttner", "DICOM PatientName (0010,0010), MR, association older than the recording", NEVER),
    ("Mirabellstein", "DICOM PatientName (0010,0010), X-ray", NEVER),
    ("KNIERZINGER", "DICOM StationName (0008,1010), ultrasound, US-DRKNIERZINGER", MASKED),
    ("Befund fuer Familie Pfaffenlehner", "DICOM private tag (0009,1001), CT", NEVER),
    ("MRN-40081573", "HL7 PID-3, ADT and ORM", NEVER),
    ("Stachelbeerkamp", "HL7 PID-5, ADT and ORM", NEVER),
    ("Johannisbeertal", "HL7 PID-5, ORU of the analyser", NEVER),
    ("Verdacht auf Schlehenfieber", "HL7 OBX-5, ORU of the analyser", NEVER),
    ("Brombeersdorf", "HL7 PID-5, ORU of the patient monitor", NEVER),
    ("WUNDERLICHOVA", "HL7 MSH-4, sending facility PRAXIS DR WUNDERLICHOVA", MASKED),
    ("Holunderhofer", "HTTP URL query, ?patient=", NEVER),
    ("Sanddornsen", "HTTP cookie", NEVER),
    ("Vogelbeerfeld", "HTTP POST body", NEVER),
    ("Theodelinde", "HTTP User-Agent of the guest's telephone", MASKED),
    ("oberarzt.liebetraut", "HTTP Basic user (base64 on the wire)", NEVER),
    ("Kornelkirschner", "SMB file name (UTF-16)", NEVER),
    ("Preiselbeermann", "SMB file content (UTF-16)", NEVER),
    ("adelgunde", "SMB NTLM user name (UTF-16)", NEVER),
    ("Moosbeerlein", "PostgreSQL row", NEVER),
    ("Felsenbirnig", "FTP file name and content", NEVER),
    ("Sommer2026", "password of the FTP login", NEVER),
    ("space4711", "password of the Telnet login", NEVER),
    ("lukas-netz-7", "SNMP community that is not a default one", NEVER),
    ("Kunigundas", "host name in DHCP and mDNS, Kunigundas-iPhone", MASKED),
    ("HOLLERIEDER", "host name in DHCP and NTLM, NB-HOLLERIEDER", MASKED),
]
