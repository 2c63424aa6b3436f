"""HL7 v2 messages of made-up patients, one function a message type."""

import itertools

_control = itertools.count(100001)


def message(*segments: str) -> str:
    return "\r".join(segments) + "\r"


def msh(application: str, facility: str, to: str, kind: str, version: str = "2.5") -> str:
    return (f"MSH|^~\\&|{application}|{facility}|{to}|KLINIK SANKT LUKAS|20261123070500||{kind}|"
            f"{next(_control)}|P|{version}|||||DEU|8859/1")


PATIENT = "PID|1||MRN-40081573^^^SANKTLUKAS^MR||Stachelbeerkamp^Adalbert||19480902|M|||Am Fliederhang 3^^Musterstadt^^00000"


def admit(ward: str) -> str:
    return message(msh("ORBIS", "KLINIK SANKT LUKAS", "RHAPSODY", "ADT^A01^ADT_A01"),
                   "EVN|A01|20261123070500", PATIENT, f"PV1|1|I|{ward}^12^1||||0815^Arzt^Eins|||INN")


def order(test: str) -> str:
    return message(msh("ORBIS", "KLINIK SANKT LUKAS", "LABOR", "ORM^O01^ORM_O01"),
                   PATIENT, "ORC|NW|B4711", f"OBR|1|B4711||{test}^Blutbild^L|||20261123070400")


def referral() -> str:
    """A practice's admission, passed on by the clinical information system under the practice's name."""
    return message(msh("ARZTPORTAL", "PRAXIS DR WUNDERLICHOVA", "RHAPSODY", "ADT^A04^ADT_A01"),
                   "EVN|A04|20261123070800", PATIENT, "PV1|1|O|AMB")


def blood_count(number: int) -> str:
    return message(msh("XN-1000", "LABOR", "LIS", "ORU^R01^ORU_R01"),
                   "PID|1||MRN-40099126^^^SANKTLUKAS^MR||Johannisbeertal^Walburga||19610330|F",
                   f"OBR|1||S{number:06d}|CBC^Blutbild^L",
                   f"OBX|1|NM|6690-2^WBC^LN||{6 + number / 10:.1f}|10*3/uL|4.0-10.0|N|||F||||||^XN-1000^Sysmex",
                   "OBX|2|NM|718-7^HGB^LN||13.4|g/dL|12.0-16.0|N|||F",
                   "NTE|1|L|Kommentar", "OBX|3|TX|48767-8^Kommentar^LN||Verdacht auf Schlehenfieber||||||F")


def vital_signs(pulse: int) -> str:
    return message(msh("BENEVISION N12", "MINDRAY", "RHAPSODY", "ORU^R01^ORU_R01", "2.6"),
                   "PID|1||MRN-40101044^^^SANKTLUKAS^MR||Brombeersdorf^Ignaz||19390115|M",
                   "OBR|1|||VITALS^Vital signs^L",
                   f"OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC||{pulse}|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||F",
                   "OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC||97|262688^MDC_DIM_PERCENT^MDC|||||F")
