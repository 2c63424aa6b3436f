//! Product families that devices name in their own words: SNMP description, DHCP vendor class, mDNS model.
//!
//! One row a family, as its maker writes it in public documents. Rows of medical products are narrow: a family
//! whose name also belongs to software that runs on any computer is not here.
//! Not here: banners of servers, which say what software runs, not what the thing is.

use wardround_model::{DeviceClass, FactKind, Observation};

use crate::evidence::Evidence;
use crate::portrait::{Portrait, because};

/// A product family.
pub(crate) struct Family {
    /// What the text has, in lower case, between other than letters and digits.
    needle: &'static str,
    pub(crate) class: DeviceClass,
    /// Its maker, where the family has one.
    pub(crate) maker: Option<&'static str>,
    model: Model,
}

/// Where the text says the model.
#[derive(Clone, Copy)]
enum Model {
    /// Nowhere that is known.
    Unsaid,
    /// The family is the model.
    Is(&'static str),
    /// The word behind the family's name.
    Next,
    /// The family's name and the word behind it.
    From,
    /// The word that begins so and has a number.
    Begins(&'static str),
    /// Everything behind this.
    Behind(&'static str),
}

const fn family(needle: &'static str, class: DeviceClass, maker: &'static str, model: Model) -> Family {
    let maker = if maker.is_empty() { None } else { Some(maker) };
    Family { needle, class, maker, model }
}

use DeviceClass::{
    BuildingController as Building, Camera, FileServer, InfusionPump as Pump, LaboratoryAnalyser as Analyser,
    Mobile, NetworkDevice as Network, PatientMonitor as Monitor, Printer, Server, VoicePhone as Phone,
};
use Model::{Begins, Behind, From, Is, Next, Unsaid};

/// The first row that fits counts.
static FAMILIES: &[Family] = &[
    // Infusion.
    family("spacestation", Pump, "B. Braun", Is("SpaceStation")),
    family("perfusor space", Pump, "B. Braun", Is("Perfusor Space")),
    family("infusomat space", Pump, "B. Braun", Is("Infusomat Space")),
    family("spacecom", Pump, "B. Braun", Is("SpaceCom")),
    family("alaris pc unit", Pump, "BD", Is("Alaris PC Unit")),
    family("alaris pcu", Pump, "BD", Is("Alaris PC Unit")),
    family("plum 360", Pump, "ICU Medical", Is("Plum 360")),
    family("plum a+", Pump, "ICU Medical", Is("Plum A+")),
    family("lifecare pca", Pump, "ICU Medical", Is("LifeCare PCA")),
    family("medfusion", Pump, "Smiths Medical", From),
    family("sigma spectrum", Pump, "Baxter", Is("Sigma Spectrum")),
    family("link+ agilia", Pump, "Fresenius Kabi", Is("Link+ Agilia")),
    // Monitoring.
    family("intellivue", Monitor, "Philips", From),
    family("benevision", Monitor, "Mindray", From),
    family("carescape monitor", Monitor, "GE HealthCare", From),
    family("infinity delta", Monitor, "Dr\u{e4}ger", Is("Infinity Delta")),
    family("infinity acute care system", Monitor, "Dr\u{e4}ger", Is("Infinity Acute Care System")),
    // Laboratory.
    family("sysmex xn", Analyser, "Sysmex", Begins("xn")),
    family("cobas 6000", Analyser, "Roche Diagnostics", Is("cobas 6000")),
    family("cobas 8000", Analyser, "Roche Diagnostics", Is("cobas 8000")),
    family("cobas pro", Analyser, "Roche Diagnostics", Is("cobas pro")),
    family("cobas b 221", Analyser, "Roche Diagnostics", Is("cobas b 221")),
    family("architect i2000sr", Analyser, "Abbott", Is("ARCHITECT i2000SR")),
    family("alinity", Analyser, "Abbott", Unsaid),
    family("atellica solution", Analyser, "Siemens Healthineers", Is("Atellica Solution")),
    family("advia centaur", Analyser, "Siemens Healthineers", Is("ADVIA Centaur")),
    family("rapidpoint", Analyser, "Siemens Healthineers", From),
    family("abl90", Analyser, "Radiometer", Is("ABL90")),
    family("abl800", Analyser, "Radiometer", Is("ABL800")),
    family("genexpert", Analyser, "Cepheid", Is("GeneXpert")),
    family("vitek 2", Analyser, "bioM\u{e9}rieux", Is("VITEK 2")),
    // Telephones; before network devices, whose makers make them too.
    family("cisco systems, inc. ip phone", Phone, "Cisco", Begins("cp-")),
    family("cisco ip phone", Phone, "Cisco", Next),
    family("snom", Phone, "snom technology", Next),
    family("yealink", Phone, "Yealink", Next),
    family("polycom", Phone, "Polycom", Unsaid),
    family("grandstream gxp", Phone, "Grandstream", Unsaid),
    family("aastraipphone", Phone, "Mitel", Unsaid),
    family("openstage", Phone, "Unify", Unsaid),
    family("ictouch", Phone, "Alcatel-Lucent Enterprise", Unsaid),
    // Printers.
    family("jetdirect", Printer, "HP", Behind("PID:")),
    family("laserjet", Printer, "HP", From),
    family("officejet", Printer, "HP", From),
    family("designjet", Printer, "HP", From),
    family("pagewide", Printer, "HP", From),
    family("lexmark", Printer, "Lexmark", Next),
    family("brother nc", Printer, "Brother", Unsaid),
    family("ecosys", Printer, "Kyocera", From),
    family("taskalfa", Printer, "Kyocera", From),
    family("kyocera", Printer, "Kyocera", Unsaid),
    family("bizhub", Printer, "Konica Minolta", From),
    family("workcentre", Printer, "Xerox", From),
    family("versalink", Printer, "Xerox", From),
    family("altalink", Printer, "Xerox", From),
    family("imagerunner", Printer, "Canon", Unsaid),
    family("ir-adv", Printer, "Canon", From),
    family("ricoh aficio", Printer, "Ricoh", Unsaid),
    family("zebra wired", Printer, "Zebra", Unsaid),
    // Cameras.
    family("axis,network camera", Camera, "Axis Communications", Behind("Network Camera,")),
    family("axis", Camera, "Axis Communications", Next),
    family("hikvision", Camera, "Hikvision", Unsaid),
    family("mobotix", Camera, "Mobotix", Next),
    family("vivotek", Camera, "Vivotek", Unsaid),
    family("wisenet", Camera, "Hanwha", Unsaid),
    family("network camera", Camera, "", Unsaid),
    family("ip camera", Camera, "", Unsaid),
    // Building and plant.
    family("sauter", Building, "Sauter", Begins("modu")),
    family("belimo", Building, "Belimo", Next),
    family("desigo", Building, "Siemens", Next),
    family("saia pcd", Building, "Saia-Burgess Controls", Unsaid),
    family("kieback&peter", Building, "Kieback & Peter", Next),
    family("l-inx", Building, "Loytec", Unsaid),
    family("wago 750", Building, "Wago", Begins("750")),
    family("distech", Building, "Distech Controls", Unsaid),
    family("apc web/snmp management card", Building, "APC", Unsaid),
    family("network management card", Building, "", Unsaid),
    family("bacnet", Building, "", Unsaid),
    // Network.
    family("lancom", Network, "LANCOM Systems", Next),
    family("cisco ios", Network, "Cisco", Unsaid),
    family("cisco internetwork operating system", Network, "Cisco", Unsaid),
    family("cisco nx-os", Network, "Cisco", Unsaid),
    family("cisco adaptive security appliance", Network, "Cisco", Unsaid),
    family("cisco ap", Network, "Cisco", Unsaid),
    family("juniper networks", Network, "Juniper", Unsaid),
    family("arubaos", Network, "Aruba", Unsaid),
    family("arubaap", Network, "Aruba", Unsaid),
    family("procurve", Network, "HP", Unsaid),
    family("routeros", Network, "MikroTik", Next),
    family("fortigate", Network, "Fortinet", Unsaid),
    family("palo alto networks", Network, "Palo Alto Networks", Unsaid),
    family("extremexos", Network, "Extreme Networks", Unsaid),
    family("arista networks", Network, "Arista", Unsaid),
    family("comware", Network, "", Unsaid),
    family("hirschmann", Network, "Hirschmann", Unsaid),
    family("ubnt", Network, "Ubiquiti", Unsaid),
    family("edgeos", Network, "Ubiquiti", Unsaid),
    family("openwrt", Network, "", Unsaid),
    family("opnsense", Network, "", Unsaid),
    family("pfsense", Network, "", Unsaid),
    // Servers, phones and computers.
    family("synology", FileServer, "Synology", Unsaid),
    family("qnap", FileServer, "QNAP", Unsaid),
    family("netapp release", FileServer, "NetApp", Unsaid),
    family("vmware esx", Server, "", Unsaid),
    family("vmware esxi", Server, "", Unsaid),
    family("android-dhcp", Mobile, "", Unsaid),
    family("iphone", Mobile, "Apple", Is("iPhone")),
    family("ipad", Mobile, "Apple", Is("iPad")),
];

impl Family {
    /// The first family that a text names.
    pub(crate) fn named(text: &str) -> Option<&'static Self> {
        let lower = text.to_ascii_lowercase();
        FAMILIES.iter().find(|family| find_words(&lower, family.needle).is_some() && family.is_device(text))
    }

    /// Whether the text is about a device. Central stations and servers beside medical devices are named after the family
    /// too, but have no model number.
    fn is_device(&self, text: &str) -> bool {
        !(self.class.is_medical() && matches!(self.model, From)) || self.model(text).is_some()
    }

    /// The model that the text says.
    pub(crate) fn model(&self, text: &str) -> Option<String> {
        let start = find_words(&text.to_ascii_lowercase(), self.needle)?;
        let (named, behind) = text.get(start..)?.split_at_checked(self.needle.len())?;
        let model = match self.model {
            Unsaid => None,
            Is(model) => Some(model.to_owned()),
            Next => first_word(behind).map(str::to_owned),
            From => first_word(behind).map(|word| format!("{named} {word}")),
            Begins(beginning) => {
                let fits = |word: &&str| word.to_ascii_lowercase().starts_with(beginning) && has_digit(word);
                words(text).find(fits).map(str::to_owned)
            }
            Behind(mark) => {
                text.split_once(mark).map(|(_, rest)| rest.trim_matches([' ', ',', ';', '.']).to_owned())
            }
        };
        model.filter(|model| !model.is_empty())
    }
}

/// Where the needle begins as words of its own.
fn find_words(text: &str, needle: &str) -> Option<usize> {
    let is_part = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    text.match_indices(needle).map(|(start, _)| start).find(|start| {
        let before = start.checked_sub(1).and_then(|at| text.as_bytes().get(at).copied());
        let after = text.as_bytes().get(start.saturating_add(needle.len())).copied();
        !is_part(before) && !is_part(after)
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', ';', '/', '(', ')']).filter(|word| !word.is_empty())
}

/// The next word, which a number makes a model.
fn first_word(text: &str) -> Option<&str> {
    let word = words(text.trim_start_matches(['-', ' ', ':', '_'])).next()?;
    has_digit(word).then_some(word)
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

/// The texts in which a device says what it is, how much each is worth, and what it is called.
///
/// No program of a maker was there to be recorded for ASTM and POCT1-A: their texts make a medical class surer and never decide it.
const TEXTS: [(FactKind, u8, &str); 12] = [
    (FactKind::SnmpSystemDescription, 85, "SNMP description"),
    (FactKind::LldpDescription, 85, "LLDP description"),
    (FactKind::CdpPlatform, 85, "platform (CDP)"),
    (FactKind::CdpSoftware, 80, "software (CDP)"),
    (FactKind::LldpModel, 80, "model (LLDP)"),
    (FactKind::DhcpVendorClass, 75, "DHCP vendor class"),
    (FactKind::MdnsModel, 75, "mDNS announcement"),
    (FactKind::IppModel, 75, "answer over IPP"),
    (FactKind::OnvifHardware, 75, "answer to discovery (ONVIF)"),
    (FactKind::UpnpServer, 70, "announcement (UPnP)"),
    (FactKind::Poct1aModel, 55, "model (POCT1-A)"),
    (FactKind::AstmSender, 55, "name (ASTM)"),
];

/// Every text that names a family, with how much it is worth and what it is called.
pub(crate) fn named_in<'a>(
    portrait: &Portrait<'a>,
) -> impl Iterator<Item = (&'static Family, &'a Observation, u8, &'static str)> {
    TEXTS.into_iter().filter_map(|(kind, weight, name)| {
        let mut found =
            portrait.facts(kind).iter().filter_map(|it| Some((Family::named(it.fact.value())?, *it)));
        found.next().map(|(family, observation)| (family, observation, weight, name))
    })
}

/// Enterprise numbers in sysObjectID (IANA, private enterprise numbers) of makers of one kind of device.
const OBJECT_IDS: &[(&str, DeviceClass, &str)] = &[
    ("1.3.6.1.4.1.11.2.3.9.", Printer, "HP printers"),
    ("1.3.6.1.4.1.641.", Printer, "Lexmark"),
    ("1.3.6.1.4.1.1347.", Printer, "Kyocera"),
    ("1.3.6.1.4.1.2435.", Printer, "Brother"),
    ("1.3.6.1.4.1.18334.", Printer, "Konica Minolta"),
    ("1.3.6.1.4.1.368.", Camera, "Axis Communications"),
    ("1.3.6.1.4.1.318.", Building, "APC"),
    ("1.3.6.1.4.1.534.", Building, "Eaton"),
    ("1.3.6.1.4.1.9.1.", Network, "Cisco"),
    ("1.3.6.1.4.1.2356.", Network, "LANCOM Systems"),
    ("1.3.6.1.4.1.2636.", Network, "Juniper"),
    ("1.3.6.1.4.1.12356.", Network, "Fortinet"),
    ("1.3.6.1.4.1.14823.", Network, "Aruba"),
    ("1.3.6.1.4.1.14988.", Network, "MikroTik"),
    ("1.3.6.1.4.1.25461.", Network, "Palo Alto Networks"),
    ("1.3.6.1.4.1.30065.", Network, "Arista"),
    ("1.3.6.1.4.1.6574.", FileServer, "Synology"),
    ("1.3.6.1.4.1.789.", FileServer, "NetApp"),
];

/// The signs in a device's own words.
pub(crate) fn signs(portrait: &Portrait<'_>) -> Vec<Evidence> {
    let texts = named_in(portrait).map(|(family, observation, weight, name)| Evidence {
        class: family.class,
        weight,
        is_clinical: family.class.is_medical(),
        reason: because(
            format!("Its {name} says \"{}\", as {} do", observation.fact.value(), family.class.plural()),
            [observation],
        ),
    });
    texts.chain(object_id(portrait)).collect()
}

fn object_id(portrait: &Portrait<'_>) -> Option<Evidence> {
    portrait.facts(FactKind::SnmpObjectId).iter().find_map(|it| {
        let (_, class, maker) = OBJECT_IDS.iter().find(|(start, ..)| it.fact.value().starts_with(start))?;
        let text = format!("Its SNMP object id is one of {maker}, as {} have", class.plural());
        Some(Evidence { class: *class, weight: 60, is_clinical: false, reason: because(text, [*it]) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_name_families_and_models() {
        for (text, expected) in [
            ("B. Braun SpaceStation with SpaceCom", Some((Pump, "B. Braun", Some("SpaceStation")))),
            (
                "SAUTER modulo 6 modu680-AS building automation station",
                Some((Building, "Sauter", Some("modu680-AS"))),
            ),
            ("LANCOM ISG-5000", Some((Network, "LANCOM Systems", Some("ISG-5000")))),
            ("LANCOM wireless router", Some((Network, "LANCOM Systems", None))),
            ("snom-D735", Some((Phone, "snom technology", Some("D735")))),
            ("AXIS,Network Camera,M3065-V", Some((Camera, "Axis Communications", Some("M3065-V")))),
            (
                "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM JSI24,PID:HP LaserJet M507",
                Some((Printer, "HP", Some("HP LaserJet M507"))),
            ),
            ("HP LaserJet M507", Some((Printer, "HP", Some("LaserJet M507")))),
            ("Cisco IOS Software, C2960 Software", Some((Network, "Cisco", None))),
            ("Linux files 6.1.0-18-amd64", None),
            ("Alaris Systems Manager", None),
            ("IntelliVue MX800", Some((Monitor, "Philips", Some("IntelliVue MX800")))),
            ("IntelliVue Information Center", None),
            ("cobas infinity middleware", None),
            ("Fixaxisystem", None),
        ] {
            let found = Family::named(text);
            let seen = found.map(|it| (it.class, it.maker.unwrap_or_default(), it.model(text)));
            let expected = expected.map(|(class, maker, model)| (class, maker, model.map(str::to_owned)));
            assert_eq!(seen, expected, "{text}");
        }
    }
}
