//! What telephones and what they register with say they are (SIP, RFC 3261, `User-Agent` and `Server`).
//!
//! One row a family, as its maker writes it: the beginning of the text, and behind it model and version. Programs on a person's computer
//! are telephones too, and make the computer no desk phone. Not here: intercoms and nurse call systems, whose texts no public source
//! tells surely.

use wardround_model::{DeviceClass, FactKind, Observation, Reason};

use crate::evidence::Evidence;
use crate::portrait::{Portrait, because};

use DeviceClass::{BuildingController as Building, NetworkDevice as Network, Server, VoicePhone as Phone};

/// A family of products that speak SIP.
pub(crate) struct Telephone {
    /// How the text begins, in lower case.
    begins: &'static str,
    class: DeviceClass,
    pub(crate) maker: Option<&'static str>,
    model: Model,
}

/// Where the text says the model.
#[derive(Clone, Copy)]
enum Model {
    /// Nowhere.
    Unsaid,
    /// The word straight behind the beginning, with this before it.
    Behind(&'static str),
    /// Before `-UA/`, behind a hyphen.
    BeforeUa,
}

const fn row(begins: &'static str, class: DeviceClass, maker: &'static str, model: Model) -> Telephone {
    let maker = if maker.is_empty() { None } else { Some(maker) };
    Telephone { begins, class, maker, model }
}

use Model::{BeforeUa, Behind, Unsaid};

/// The first row that fits counts.
static TELEPHONES: &[Telephone] = &[
    row("yealink ", Phone, "Yealink", Behind("")),
    row("snom", Phone, "snom technology", Behind("")),
    row("cisco-cp", Phone, "Cisco", Behind("CP-")),
    row("cisco/spa", Phone, "Cisco", Behind("SPA")),
    row("linksys/spa", Phone, "Linksys", Behind("SPA")),
    row("polycom/", Phone, "Polycom", BeforeUa),
    row("polycomsoundpoint", Phone, "Polycom", BeforeUa),
    row("polycomsoundstation", Phone, "Polycom", BeforeUa),
    row("polycomspectralink", Phone, "Polycom", BeforeUa),
    row("polycomvvx", Phone, "Polycom", BeforeUa),
    row("polycomrealpresencetrio", Phone, "Polycom", BeforeUa),
    row("polyedge", Phone, "Polycom", BeforeUa),
    row("grandstream gxp", Phone, "Grandstream", Behind("GXP")),
    row("grandstream grp", Phone, "Grandstream", Behind("GRP")),
    row("grandstream gxv", Phone, "Grandstream", Behind("GXV")),
    row("grandstream dp", Phone, "Grandstream", Behind("DP")),
    row("grandstream wp", Phone, "Grandstream", Behind("WP")),
    row("grandstream ucm", Server, "Grandstream", Behind("UCM")),
    row("mitel-", Phone, "Mitel", Behind("")),
    row("mitel 6", Phone, "Mitel", Behind("6")),
    row("aastra ", Phone, "Mitel", Behind("")),
    row("openstage_", Phone, "Unify", Behind("OpenStage ")),
    row("openscape_", Phone, "Unify", Behind("OpenScape ")),
    row("desk_phone_ip_", Phone, "Unify", Behind("OpenScape Desk Phone ")),
    row("gigaset ", Phone, "Gigaset", Behind("")),
    row("fanvil x", Phone, "Fanvil", Behind("X")),
    row("fanvil v", Phone, "Fanvil", Behind("V")),
    row("fanvil h", Phone, "Fanvil", Behind("H")),
    row("avaya j1", Phone, "Avaya", Behind("J1")),
    row("avaya one-x deskphone", Phone, "Avaya", Unsaid),
    row("algo-", Building, "Algo", Behind("")),
    row("valcom vip-", Building, "Valcom", Behind("VIP-")),
    row("cisco-sipgateway/ios-", Network, "Cisco", Unsaid),
    row("avm fritz!box", Network, "AVM", Unsaid),
    row("fritz!os", Network, "AVM", Unsaid),
    row("asterisk pbx", Server, "", Unsaid),
    row("fpbx-", Server, "", Unsaid),
    row("freeswitch", Server, "", Unsaid),
    row("3cxphonesystem", Server, "", Unsaid),
    row("kamailio", Server, "", Unsaid),
    row("opensips", Server, "", Unsaid),
    row("openser", Server, "", Unsaid),
    row("sip express router", Server, "", Unsaid),
    row("starface pbx", Server, "", Unsaid),
    row("cisco-cucm", Server, "", Unsaid),
    row("wildix gw", Server, "", Unsaid),
    row("fortivoice", Server, "", Unsaid),
];

/// Programs on a person's computer or mobile phone, in lower case.
const PROGRAMS: &[&str] = &[
    "microsip",
    "zoiper",
    "x-lite",
    "bria",
    "jitsi",
    "linphone",
    "ekiga",
    "twinkle",
    "pjsua",
    "baresip",
    "blink",
    "phonerlite",
    "nero sipps",
    "3cxphone for windows",
    "sipcli",
    "friendly-scanner",
];

/// What a text of SIP says of its device.
pub(crate) struct Named<'a> {
    pub(crate) family: &'static Telephone,
    pub(crate) model: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) observation: &'a Observation,
}

/// The first text that names a family.
pub(crate) fn named_in<'a>(p: &Portrait<'a>) -> Option<Named<'a>> {
    p.facts(FactKind::SipProduct).iter().find_map(|it| {
        let text = it.fact.value();
        let family = Telephone::named(text)?;
        let (model, version) = family.read(text);
        Some(Named { family, model, version, observation: it })
    })
}

/// What telephones say of themselves is believed that far; a program that telephones register with runs on a server.
pub(crate) const SAID: u8 = 80;
const RUNS: u8 = 55;

/// The sign in a device's own words.
pub(crate) fn signs(p: &Portrait<'_>) -> Option<Evidence> {
    let Named { family, observation, .. } = named_in(p)?;
    let class = family.class;
    let weight = if class == Server { RUNS } else { SAID };
    let text = format!("It says over SIP: \"{}\", as {} do", observation.fact.value(), class.plural());
    Some(Evidence { class, weight, is_clinical: false, reason: because(text, [observation]) })
}

/// Telephones with a socket for a computer are bridges, too.
pub(crate) fn says_so_on_the_cable(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts_where(FactKind::LldpWorksAs, |value| value == "telephone");
    (!said.is_empty()).then(|| because("It says on the cable (LLDP) that it works as a telephone", said))
}

/// It registers as telephones do, and is no program on a person's computer.
pub(crate) fn registers(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts_where(FactKind::SipRole, |role| role == "registers");
    let is_program = |it: &&Observation| {
        let text = it.fact.value().to_ascii_lowercase();
        PROGRAMS.iter().any(|program| text.starts_with(program))
    };
    let is_other =
        p.has(FactKind::SipRole, "registrar") || p.facts(FactKind::SipProduct).iter().any(is_program);
    (!said.is_empty() && !is_other).then(|| because("It registers as telephones do (SIP)", said))
}

/// By a name that makers of telephones give to their settings; who looks for holes asks for them, too.
pub(crate) fn asks_for_settings(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts_where(FactKind::TftpFile, |kind| kind == "telephone-settings");
    (!said.is_empty()).then(|| because("It asks for a telephone's settings (TFTP)", said))
}

/// Telephones register with it.
pub(crate) fn is_registrar(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts_where(FactKind::SipRole, |role| role == "registrar");
    (!said.is_empty()).then(|| because("Telephones register with it (SIP)", said))
}

impl Telephone {
    /// Whether it is a device, not a program that runs on one.
    pub(crate) fn is_device(&self) -> bool {
        self.class != Server
    }

    fn named(text: &str) -> Option<&'static Self> {
        let fits = |row: &&Self| {
            let start = text.get(..row.begins.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(row.begins))
        };
        TELEPHONES.iter().find(fits)
    }

    /// Model and version.
    fn read(&self, text: &str) -> (Option<String>, Option<String>) {
        let behind = text.get(self.begins.len()..).unwrap_or_default();
        match self.model {
            Unsaid => (None, version(behind)),
            Behind(before) => {
                let (word, rest) = model(behind.trim_start_matches('-'));
                (has_digit(word).then(|| format!("{before}{word}")), version(rest))
            }
            BeforeUa => {
                let Some((product, rest)) = text.split_once("-UA/") else { return (None, version(behind)) };
                let model = product.rsplit('-').next().unwrap_or_default();
                (has_digit(model).then(|| model.replace('_', " ")), version(rest))
            }
        }
    }
}

/// The model, and what follows it: a space, a slash, an underline, or the hyphen before a version.
fn model(text: &str) -> (&str, &str) {
    let is_version = |at: usize| {
        let rest = text.get(at..).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains('.')
    };
    let ends = |at: usize, c: char| matches!(c, ' ' | '/' | '_') || c == '-' && is_version(at);
    let end = text.char_indices().find(|(at, c)| ends(*at, *c)).map_or(text.len(), |(at, _)| at);
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (word.trim_end_matches("-SIP-Phone"), rest)
}

/// The first word that begins with a number and has a dot.
fn version(text: &str) -> Option<String> {
    let words = text.split([' ', '/', '_', '-']);
    let is_version = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
    words.into_iter().find(is_version).map(str::to_owned)
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_name_family_model_and_version() {
        for (text, expected) in [
            ("Yealink SIP-T46S 66.85.0.5", Some((Phone, "Yealink", "SIP-T46S", "66.85.0.5"))),
            ("Cisco-CP8841/12.5.1", Some((Phone, "Cisco", "CP-8841", "12.5.1"))),
            ("Cisco-CP-7960G/8.0", Some((Phone, "Cisco", "CP-7960G", "8.0"))),
            ("Cisco/SPA504G-7.4.9c", Some((Phone, "Cisco", "SPA504G", "7.4.9c"))),
            ("snomD735/10.1.54.13", Some((Phone, "snom technology", "D735", "10.1.54.13"))),
            ("snom-m700/03.24.0005", Some((Phone, "snom technology", "m700", "03.24.0005"))),
            ("PolycomVVX-VVX_411-UA/5.9.5.0614", Some((Phone, "Polycom", "VVX 411", "5.9.5.0614"))),
            (
                "Polycom/5.8.0.12848 PolycomVVX-VVX_411-UA/5.8.0.12848",
                Some((Phone, "Polycom", "VVX 411", "5.8.0.12848")),
            ),
            (
                "PolycomSoundPointIP-SPIP_450-UA/4.0.8.1608",
                Some((Phone, "Polycom", "SPIP 450", "4.0.8.1608")),
            ),
            ("Grandstream GXP2160 1.0.11.6", Some((Phone, "Grandstream", "GXP2160", "1.0.11.6"))),
            ("Mitel-6867i-SIP-Phone 5.1.0.1024 00085D000000", Some((Phone, "Mitel", "6867i", "5.1.0.1024"))),
            ("Aastra 6755i/3.2.2.2044", Some((Phone, "Mitel", "6755i", "3.2.2.2044"))),
            ("OpenStage_60_V3 R3.5.12 SIP", Some((Phone, "Unify", "OpenStage 60", ""))),
            ("Gigaset N510 IP PRO/42.245.00.000.000", Some((Phone, "Gigaset", "N510", "42.245.00.000.000"))),
            ("Asterisk PBX 16.28.0~dfsg-0+deb11u3", Some((Server, "", "", "16.28.0~dfsg"))),
            ("kamailio 5.5.4", Some((Server, "", "", "5.5.4"))),
            ("Cisco-SIPGateway/IOS-15.4.3.M3", Some((Network, "Cisco", "", "15.4.3.M3"))),
            ("MicroSIP/3.20.5", None),
            ("Yealink", None),
        ] {
            let found = Telephone::named(text).map(|family| {
                let (model, version) = family.read(text);
                (
                    family.class,
                    family.maker.unwrap_or_default(),
                    model.unwrap_or_default(),
                    version.unwrap_or_default(),
                )
            });
            let expected = expected
                .map(|(class, maker, model, version)| (class, maker, model.to_owned(), version.to_owned()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
