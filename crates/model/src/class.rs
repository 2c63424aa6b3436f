//! What kind of thing an asset is.

use crate::coded::coded;

/// The part of the hospital that a class belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// Takes part in care itself.
    Medical,
    /// Offices and people.
    Office,
    /// Servers and the network.
    Infrastructure,
    /// Building and plant.
    Plant,
    /// Not known.
    Unknown,
}

impl Area {
    /// Its name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Medical => "medical",
            Self::Office => "office",
            Self::Infrastructure => "servers and network",
            Self::Plant => "building and plant",
            Self::Unknown => "unknown",
        }
    }
}

coded! {
    /// What kind of thing an asset is; `Unknown` is an honest answer. The label names one of them.
    ///
    /// The order is that of a census: medical first, unknown last.
    enum DeviceClass, label {
        /// Makes images: CT, MR, ultrasound, X-ray.
        ImagingModality = "imaging-modality", "imaging device";
        /// Keeps and serves images (PACS, VNA).
        ImagingArchive = "imaging-archive", "image archive";
        /// Carries orders, results or records: HL7 engine, laboratory or hospital information system.
        ClinicalSystem = "clinical-system", "clinical information system";
        /// Analyses samples.
        LaboratoryAnalyser = "laboratory-analyser", "laboratory analyser";
        /// Watches a patient's vital signs.
        PatientMonitor = "patient-monitor", "patient monitor";
        /// Gives a patient drugs or fluids.
        InfusionPump = "infusion-pump", "infusion pump";
        /// A person's computer.
        Workstation = "workstation", "workstation";
        /// A phone or tablet.
        Mobile = "mobile", "phone or tablet";
        /// A printer.
        Printer = "printer", "printer";
        /// A desk phone.
        VoicePhone = "voice-phone", "desk phone";
        /// A server of no more particular kind.
        Server = "server", "server";
        /// Keeps files for others.
        FileServer = "file-server", "file server";
        /// Keeps a database for others.
        DatabaseServer = "database-server", "database server";
        /// Gives names, addresses or time: DNS, DHCP, NTP.
        NetworkService = "network-service", "name, address or time server";
        /// Carries traffic: router, switch, access point.
        NetworkDevice = "network-device", "router or switch";
        /// A video camera.
        Camera = "camera", "camera";
        /// Runs or senses a building: air, heat, doors, power.
        BuildingController = "building-controller", "building controller";
        /// Not known.
        Unknown = "unknown", "unknown device";
    }
}

impl DeviceClass {
    /// Its name for people: several of them.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::ImagingModality => "imaging devices",
            Self::ImagingArchive => "image archives",
            Self::ClinicalSystem => "clinical information systems",
            Self::LaboratoryAnalyser => "laboratory analysers",
            Self::PatientMonitor => "patient monitors",
            Self::InfusionPump => "infusion pumps",
            Self::Workstation => "workstations",
            Self::Mobile => "phones and tablets",
            Self::Printer => "printers",
            Self::VoicePhone => "desk phones",
            Self::Server => "servers",
            Self::FileServer => "file servers",
            Self::DatabaseServer => "database servers",
            Self::NetworkService => "name, address and time servers",
            Self::NetworkDevice => "routers and switches",
            Self::Camera => "cameras",
            Self::BuildingController => "building controllers",
            Self::Unknown => "unknown devices",
        }
    }

    /// The part of the hospital that it belongs to.
    #[must_use]
    pub const fn area(self) -> Area {
        match self {
            Self::ImagingModality
            | Self::ImagingArchive
            | Self::ClinicalSystem
            | Self::LaboratoryAnalyser
            | Self::PatientMonitor
            | Self::InfusionPump => Area::Medical,
            Self::Workstation | Self::Mobile | Self::Printer | Self::VoicePhone => Area::Office,
            Self::Server
            | Self::FileServer
            | Self::DatabaseServer
            | Self::NetworkService
            | Self::NetworkDevice => Area::Infrastructure,
            Self::Camera | Self::BuildingController => Area::Plant,
            Self::Unknown => Area::Unknown,
        }
    }

    /// Whether it takes part in care itself.
    #[must_use]
    pub fn is_medical(self) -> bool {
        self.area() == Area::Medical
    }
}
