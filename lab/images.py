"""DICOM data sets of made-up patients, as each modality would label them."""

import pathlib

import numpy
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

from people import PATIENTS

CT, MR, US, CR = ("1.2.840.10008.5.1.4.1.1." + tail for tail in ("2", "4", "6.1", "1"))

DEVICES = {
    "ct-1": dict(patient="ct", sop=CT, Modality="CT", Manufacturer="Philips", ManufacturerModelName="Brilliance 64",
                 SoftwareVersions="2.6.1", DeviceSerialNumber="9B64-30871", StationName="CT-RADIOLOGIE-1",
                 InstitutionalDepartmentName="Radiologie"),
    "us-1": dict(patient="us", sop=US, Modality="US", Manufacturer="SAMSUNG MEDISON CO., LTD.",
                 ManufacturerModelName="HS70A", SoftwareVersions="2.00.04.0192", DeviceSerialNumber="S0J2M3HW400712",
                 StationName="US-DRKNIERZINGER", InstitutionalDepartmentName="Kardiologie"),
    "mr-1": dict(patient="mr", sop=MR, Modality="MR", Manufacturer="Siemens Healthineers",
                 ManufacturerModelName="MAGNETOM Sola", SoftwareVersions="syngo MR XA61", DeviceSerialNumber="175833",
                 StationName="MR-SOLA-1", InstitutionalDepartmentName="Radiologie"),
    "cr-1": dict(patient="cr", sop=CR, Modality="CR", Manufacturer="Agfa", ManufacturerModelName="DX-D 100",
                 SoftwareVersions="NX 8900 SU2", DeviceSerialNumber="A5411-2087", StationName="CR-AUFNAHME",
                 InstitutionalDepartmentName="Notaufnahme"),
}


def data_set(device: str, number: int, side: int, syntax: UID) -> FileDataset:
    """One image of one device; `number` counts within the series."""
    facts = dict(DEVICES[device])
    name, patient_id = PATIENTS[facts.pop("patient")]
    sop = facts.pop("sop")
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = sop, syntax
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[device, str(number)])
    ds = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.SOPClassUID, ds.SOPInstanceUID = sop, meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID = generate_uid(entropy_srcs=[device, "study"])
    ds.SeriesInstanceUID = generate_uid(entropy_srcs=[device, "series"])
    ds.StudyDate, ds.StudyTime, ds.AccessionNumber = "20261123", "070500", f"A{abs(hash_of(device)):07d}"
    ds.InstitutionName = "Klinik Sankt Lukas"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = name, patient_id, "19510417", "O"
    ds.StudyID, ds.SeriesNumber, ds.InstanceNumber = "1", 1, number
    for keyword, value in facts.items():
        setattr(ds, keyword, value)
    if device == "ct-1":
        block = ds.private_block(0x0009, "SANKT LUKAS NOTES", create=True)
        block.add_new(0x01, "LO", "Befund fuer Familie Pfaffenlehner")
    add_pixels(ds, number, side)
    return ds


def hash_of(text: str) -> int:
    return sum(ord(c) * 257 ** i for i, c in enumerate(text)) % 9_999_999


def add_pixels(ds: Dataset, number: int, side: int) -> None:
    """A soft disc with a little noise: an image, but nobody's."""
    noise = numpy.random.default_rng(number)
    y, x = numpy.mgrid[-1:1:side * 1j, -1:1:side * 1j]
    disc = (900 * numpy.clip(1 - x * x - y * y, 0, 1) + noise.integers(0, 40, (side, side))).astype("<u2")
    ds.Rows = ds.Columns = side
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.PixelData = disc.tobytes()


def make_all(run: pathlib.Path) -> None:
    """Files of each device under RUN/<device>/images; the MR speaks implicit VR, the others explicit."""
    for device, count, side in (("ct-1", 8, 192), ("us-1", 4, 160), ("mr-1", 6, 128), ("cr-1", 2, 256)):
        folder = run / device / "images"
        folder.mkdir()
        syntax = ImplicitVRLittleEndian if device == "mr-1" else ExplicitVRLittleEndian
        for number in range(1, count + 1):
            data_set(device, number, side, syntax).save_as(folder / f"{number:02d}.dcm", enforce_file_format=True)
    query = run / "ct-1" / "worklist.dump"
    query.write_text("(0008,0052) CS [STUDY]\n(0010,0010) PN [Zwetschgenbaum*]\n(0010,0020) LO\n(0020,000d) UI\n")
