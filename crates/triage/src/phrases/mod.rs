//! What people read, in plain words: what it is, what it could do to care, how sure and why, the next step.
//!
//! Text is our own, chosen by weakness, class of device and decision; feeds give numbers and names only. Words that
//! need an explanation get one where they stand, and codes come last. Not here: which findings make one item (`plan`).

mod care;
mod remedy;
#[cfg(test)]
pub(crate) mod tests;
mod what;

use wardround_model::{Decision, Finding, Grade, Protocol, Timestamp, WeakSetting, Weakness};

pub(crate) use care::why;
pub(crate) use remedy::{step, title};
pub(crate) use what::what;

/// A protocol's name for people, from the code in a finding.
pub(crate) fn protocol(code: &str) -> String {
    match code {
        "http-basic" | "http-digest" | "http-form" => "HTTP".to_owned(),
        _ => Protocol::from_code(code).map_or_else(|| code.to_owned(), |known| known.label().to_owned()),
    }
}

/// The day of a moment, as 2026-11-24.
pub(crate) fn day(moment: Timestamp) -> String {
    moment.to_string().split('T').next().unwrap_or_default().to_owned()
}

/// `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`; `None` of nothing.
pub(crate) fn list(items: impl Iterator<Item = String>) -> Option<String> {
    let mut items: Vec<_> = items.collect();
    if items.len() > 4 {
        let more = items.len() - 3;
        items.truncate(3);
        items.push(format!("{more} more"));
    }
    let last = items.pop()?;
    Some(if items.is_empty() { last } else { format!("{} and {last}", items.join(", ")) })
}

/// What stands for the sightings that are not told one by one.
pub(crate) fn seen_more_often(times: usize) -> String {
    match times {
        1 => "The same was seen once more".to_owned(),
        _ => format!("The same was seen {times} times more"),
    }
}

/// A product's name for people, from `vendor:product` of a CPE name or from an advisory's own text.
pub(crate) fn product(code: &str) -> String {
    const SPELLED: &[(&str, &str)] = &[
        ("openssh", "OpenSSH"),
        ("openssl", "OpenSSL"),
        ("dcmtk", "DCMTK"),
        ("http_server", "Apache HTTP Server"),
        ("internet_information_services", "Microsoft IIS"),
        ("mysql", "MySQL"),
        ("mariadb", "MariaDB"),
        ("postgresql", "PostgreSQL"),
        ("proftpd", "ProFTPD"),
        ("linux_kernel", "Linux"),
        ("samba", "Samba"),
        ("orthanc", "Orthanc"),
        ("cups", "CUPS"),
        ("php", "PHP"),
        ("tomcat", "Apache Tomcat"),
        ("mosquitto", "Mosquitto"),
        ("dropbear_ssh", "Dropbear SSH"),
    ];
    let Some((_, name)) = code.split_once(':') else { return code.to_owned() };
    let spelled = SPELLED.iter().find(|(code, _)| *code == name).map(|(_, spelled)| (*spelled).to_owned());
    spelled.unwrap_or_else(|| name.replace(['_', '\\'], " "))
}

/// How sure a finding is, in a sentence.
pub(crate) fn how_sure(finding: &Finding) -> &'static str {
    match (&finding.weakness, finding.grade) {
        (Weakness::Setting { setting: WeakSetting::Recalled, .. }, _) => {
            "It is possible: the recall names this model, but only the serial number tells whether this one is meant"
        }
        (Weakness::Setting { setting: WeakSetting::UpdatesMissing, .. }, Grade::ExactVersion) => {
            "We are sure: the build that it runs is older than the fixes on the published list"
        }
        (_, grade) => how_sure_by(grade),
    }
}

fn how_sure_by(grade: Grade) -> &'static str {
    match grade {
        Grade::Seen => "We are sure: it was seen on the network",
        Grade::ExactVersion => {
            "We are fairly sure: the product and version that it shows are on the published list. The maker may \
             have fixed it without a new number"
        }
        Grade::Reported => "We have it from another scanner, and did not see it ourselves",
        Grade::Listed => "We have it from a list that the hospital keeps",
        Grade::NeedsPlatform => {
            "It is possible: product and version are on the published list, but only together with a part that \
             we could not see"
        }
        Grade::VersionUnknown => {
            "It is possible: the product is on the published list, but we did not see its version"
        }
        Grade::ModelFamily => "It is not clear: only the family of models is on the published list",
        Grade::MakerOnly => "It is not clear: only the maker is on the published list",
    }
}

/// By when, in a sentence (CISA's SSVC guide, 2022, gives the order, not days).
pub(crate) fn by_when(decision: Decision) -> &'static str {
    match decision {
        Decision::Act => "Do it at once, and tell those in charge today",
        Decision::Attend => "Do it soon, ahead of other updates, and tell those in charge",
        Decision::TrackStar => "Do it with the next planned work, and watch for news",
        Decision::Track => "Do it with the usual updates",
    }
}

/// The codes behind an item, for those who look them up.
pub(crate) fn codes<'a>(weaknesses: impl Iterator<Item = &'a Weakness>) -> String {
    let code = |weakness: &Weakness| match weakness {
        Weakness::Vulnerability { cve, .. } => cve.to_string(),
        Weakness::Setting { setting, .. } => format!("CWE-{}", setting.cwe()),
    };
    let mut codes: Vec<_> = weaknesses.map(code).collect();
    codes.sort();
    codes.dedup();
    list(codes.into_iter()).unwrap_or_default()
}
