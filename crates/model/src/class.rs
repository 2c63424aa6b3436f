//! What kind of thing an asset is.

use crate::coded::coded;

coded! {
    /// The part of the hospital that a class belongs to.
    enum Area, label {
        /// Takes part in care itself.
        Medical = "medical", "medical";
        /// Offices and people.
        Office = "office", "office";
        /// Servers and the network.
        Infrastructure = "infrastructure", "servers and network";
        /// Building and plant.
        Plant = "plant", "building and plant";
        /// Finance and administration.
        Business = "business", "finance and administration";
        /// Not known.
        Unknown = "unknown", "unknown";
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
        /// Breathes for a patient.
        Ventilator = "ventilator", "ventilator";
        /// Keeps a patient asleep and breathing.
        AnaesthesiaMachine = "anaesthesia-machine", "anaesthesia machine";
        /// Cleans a patient's blood.
        DialysisMachine = "dialysis-machine", "dialysis machine";
        /// Restarts a heart.
        Defibrillator = "defibrillator", "defibrillator";
        /// Treats with radiation: linear accelerators and what plans and checks their work.
        RadiotherapySystem = "radiotherapy-system", "radiotherapy system";
        /// Gives out drugs to staff.
        MedicationCabinet = "medication-cabinet", "medication cabinet";
        /// Lets patients call for help.
        NurseCall = "nurse-call", "nurse call system";
        /// A medical device of no more particular kind.
        MedicalDevice = "medical-device", "medical device";
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
        /// Keeps accounts and lets people in: a directory or a mail tenant.
        AccountDirectory = "account-directory", "account directory";
        /// Carries traffic: router, switch, access point.
        NetworkDevice = "network-device", "router or switch";
        /// Bills, pays, orders goods, keeps staff records.
        BusinessSystem = "business-system", "finance or administration system";
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
            Self::Ventilator => "ventilators",
            Self::AnaesthesiaMachine => "anaesthesia machines",
            Self::DialysisMachine => "dialysis machines",
            Self::Defibrillator => "defibrillators",
            Self::RadiotherapySystem => "radiotherapy systems",
            Self::MedicationCabinet => "medication cabinets",
            Self::NurseCall => "nurse call systems",
            Self::MedicalDevice => "medical devices",
            Self::Workstation => "workstations",
            Self::Mobile => "phones and tablets",
            Self::Printer => "printers",
            Self::VoicePhone => "desk phones",
            Self::Server => "servers",
            Self::FileServer => "file servers",
            Self::DatabaseServer => "database servers",
            Self::NetworkService => "name, address and time servers",
            Self::AccountDirectory => "account directories",
            Self::NetworkDevice => "routers and switches",
            Self::BusinessSystem => "finance and administration systems",
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
            | Self::InfusionPump
            | Self::Ventilator
            | Self::AnaesthesiaMachine
            | Self::DialysisMachine
            | Self::Defibrillator
            | Self::RadiotherapySystem
            | Self::MedicationCabinet
            | Self::NurseCall
            | Self::MedicalDevice => Area::Medical,
            Self::Workstation | Self::Mobile | Self::Printer | Self::VoicePhone => Area::Office,
            Self::Server
            | Self::FileServer
            | Self::DatabaseServer
            | Self::NetworkService
            | Self::AccountDirectory
            | Self::NetworkDevice => Area::Infrastructure,
            Self::BusinessSystem => Area::Business,
            Self::Camera | Self::BuildingController => Area::Plant,
            Self::Unknown => Area::Unknown,
        }
    }

    /// What it does for patients, where its class tells.
    #[must_use]
    pub const fn care_role(self) -> CareRole {
        match self {
            Self::Ventilator | Self::AnaesthesiaMachine | Self::DialysisMachine | Self::Defibrillator => {
                CareRole::LifeSustaining
            }
            Self::InfusionPump | Self::RadiotherapySystem | Self::MedicationCabinet => CareRole::Therapeutic,
            Self::ImagingModality | Self::LaboratoryAnalyser | Self::MedicalDevice => CareRole::Diagnostic,
            Self::PatientMonitor | Self::NurseCall => CareRole::Monitoring,
            Self::ImagingArchive
            | Self::ClinicalSystem
            | Self::DatabaseServer
            | Self::FileServer
            | Self::BusinessSystem => CareRole::PatientDataStore,
            _ => CareRole::Support,
        }
    }

    /// Whether it takes part in care itself.
    #[must_use]
    pub fn is_medical(self) -> bool {
        self.area() == Area::Medical
    }
}

coded! {
    /// What a device does for patients; the order is that of the harm when it fails, the worst first.
    enum CareRole, label {
        /// A patient dies without it.
        LifeSustaining = "life-sustaining", "keeps patients alive";
        /// It treats: drugs, radiation.
        Therapeutic = "therapeutic", "treats patients";
        /// It watches patients.
        Monitoring = "monitoring", "watches patients";
        /// It examines.
        Diagnostic = "diagnostic", "examines patients or samples";
        /// It keeps patients' data.
        PatientDataStore = "patient-data-store", "keeps data of patients";
        /// It supports the work of others.
        Support = "support", "supports other work";
    }
}

coded! {
    /// Who does a task or can answer a question.
    enum Role, label {
        /// Owns devices that touch patients; changes nothing without their makers.
        Biomedical = "biomedical", "biomedical engineer";
        /// Runs clinical software together with its maker.
        ClinicalSystems = "clinical-systems", "clinical systems team";
        /// Runs servers.
        Server = "server", "server team";
        /// Runs the network.
        Network = "network", "network team";
        /// Looks after people's computers, phones and printers.
        HelpDesk = "help-desk", "help desk";
        /// Runs the building.
        BuildingServices = "building-services", "building services";
        /// Leads the ward or department that the device serves: the one who may say that it is off patients.
        ClinicalOwner = "clinical-owner", "clinical owner";
        /// Made the device.
        Manufacturer = "manufacturer", "manufacturer";
        /// Answers for privacy and compliance.
        Compliance = "compliance", "compliance officer";
        /// Not known: somebody has to be found.
        Unknown = "unknown", "owner to be found";
    }
}

impl Role {
    /// Who looks after devices of this class.
    #[must_use]
    pub fn of(class: DeviceClass) -> Self {
        use DeviceClass as C;
        match class {
            C::ImagingArchive | C::ClinicalSystem => Self::ClinicalSystems,
            _ if class.is_medical() => Self::Biomedical,
            C::Server | C::FileServer | C::DatabaseServer | C::AccountDirectory | C::BusinessSystem => {
                Self::Server
            }
            C::NetworkService | C::NetworkDevice => Self::Network,
            C::Workstation | C::Mobile | C::Printer | C::VoicePhone => Self::HelpDesk,
            C::Camera | C::BuildingController => Self::BuildingServices,
            _ => Self::Unknown,
        }
    }

    /// Whether the maker must be asked before anything on the device is changed.
    #[must_use]
    pub fn needs_maker(self) -> bool {
        matches!(self, Self::Biomedical | Self::ClinicalSystems)
    }
}
