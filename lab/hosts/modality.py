"""DICOM modality (pynetdicom). Arguments: own AE title, implementation version name, archive, port.

Opens its association at once, then obeys standard input: `echo`, or the name of a file to
store; says `ok` for each; releases at the end of input.
"""

import sys

from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE
from pynetdicom.sop_class import Verification

title, implementation, archive, port = sys.argv[1:5]
ae = AE(ae_title=title)
ae.implementation_version_name = implementation
ae.network_timeout = None
ae.add_requested_context(Verification)
for sop in ("2", "4", "6.1", "1"):
    for syntax in (ImplicitVRLittleEndian, ExplicitVRLittleEndian):
        ae.add_requested_context("1.2.840.10008.5.1.4.1.1." + sop, syntax)
association = ae.associate(archive, int(port), ae_title="SANKTLUKAS")
if not association.is_established:
    sys.exit("the archive refused the association")
print("ok", flush=True)
for line in sys.stdin:
    order = line.strip()
    status = association.send_c_echo() if order == "echo" else association.send_c_store(dcmread(order))
    print("ok" if status and status.Status == 0 else f"failed: {status}", flush=True)
association.release()
