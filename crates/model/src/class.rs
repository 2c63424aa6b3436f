//! What kind of thing an asset is.

macro_rules! device_classes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $one:literal, $many:literal, $area:ident;)+) => {
        /// What kind of thing an asset is; `Unknown` is an honest answer.
        ///
        /// The order is that of a census: medical first, unknown last.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum DeviceClass { $($(#[doc = $doc])+ $name,)+ }

        impl DeviceClass {
            /// All of them, in the order of a census.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name in the store, JSON and options.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// Its name for people: one of them.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $one,)+ }
            }

            /// Its name for people: several of them.
            #[must_use]
            pub const fn plural(self) -> &'static str {
                match self { $(Self::$name => $many,)+ }
            }

            /// The part of the hospital that it belongs to.
            #[must_use]
            pub const fn area(self) -> Area {
                match self { $(Self::$name => Area::$area,)+ }
            }
        }
    };
}

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

device_classes! {
    /// Makes images: CT, MR, ultrasound, X-ray.
    ImagingModality = "imaging-modality", "imaging device", "imaging devices", Medical;
    /// Keeps and serves images (PACS, VNA).
    ImagingArchive = "imaging-archive", "image archive", "image archives", Medical;
    /// Carries orders, results or records: HL7 engine, laboratory or hospital information system.
    ClinicalSystem = "clinical-system", "clinical information system", "clinical information systems", Medical;
    /// Analyses samples.
    LaboratoryAnalyser = "laboratory-analyser", "laboratory analyser", "laboratory analysers", Medical;
    /// Watches a patient's vital signs.
    PatientMonitor = "patient-monitor", "patient monitor", "patient monitors", Medical;
    /// Gives a patient drugs or fluids.
    InfusionPump = "infusion-pump", "infusion pump", "infusion pumps", Medical;
    /// A person's computer.
    Workstation = "workstation", "workstation", "workstations", Office;
    /// A phone or tablet.
    Mobile = "mobile", "phone or tablet", "phones and tablets", Office;
    /// A printer.
    Printer = "printer", "printer", "printers", Office;
    /// A desk phone.
    VoicePhone = "voice-phone", "desk phone", "desk phones", Office;
    /// A server of no more particular kind.
    Server = "server", "server", "servers", Infrastructure;
    /// Keeps files for others.
    FileServer = "file-server", "file server", "file servers", Infrastructure;
    /// Keeps a database for others.
    DatabaseServer = "database-server", "database server", "database servers", Infrastructure;
    /// Gives names, addresses or time: DNS, DHCP, NTP.
    NetworkService = "network-service", "name, address or time server", "name, address and time servers", Infrastructure;
    /// Carries traffic: router, switch, access point.
    NetworkDevice = "network-device", "router or switch", "routers and switches", Infrastructure;
    /// A video camera.
    Camera = "camera", "camera", "cameras", Plant;
    /// Runs or senses a building: air, heat, doors, power.
    BuildingController = "building-controller", "building controller", "building controllers", Plant;
    /// Not known.
    Unknown = "unknown", "unknown device", "unknown devices", Unknown;
}

impl DeviceClass {
    /// The class with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.code() == code)
    }

    /// Whether it takes part in care itself.
    #[must_use]
    pub fn is_medical(self) -> bool {
        self.area() == Area::Medical
    }
}
