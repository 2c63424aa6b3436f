//! Packages of Alpine: its own table of what is installed, `/lib/apk/db/installed` (apk-tools, `v2 package format`): a letter, a colon
//! and a value, and an empty line behind each package.

use wardround_model::FactKind;

use super::host::Host;
use super::packages::{Package, purl};
use crate::table::{decode, decode_beginning};
use crate::{ImportError, Request, Row, Rows};

/// Whether a text looks like such a table.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    let text = decode_beginning(bytes, 1 << 15);
    let has = |letter: &str| text.lines().filter(|line| line.starts_with(letter)).count();
    has("P:") >= 1 && has("V:") >= 1 && has("A:") >= 1
}

/// A package under way.
#[derive(Default)]
struct Entry<'t> {
    row: Option<Row>,
    name: Option<&'t str>,
    version: Option<&'t str>,
    architecture: Option<&'t str>,
    origin: Option<&'t str>,
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let text = decode(request.bytes);
    let (mut host, mut entries, mut entry) = (Host::default(), Vec::new(), Entry::default());
    for (number, line) in (1..).zip(text.lines()).chain([(0, "")]) {
        let row = Row(number);
        if line.trim().is_empty() {
            let whole = std::mem::take(&mut entry);
            entries.extend(whole.row.is_some().then_some(whole));
            if entries.len() >= Rows::MOST_HELD {
                rows.error(row, None, "and the packages behind it are not read: split the list by hosts");
                break;
            }
            continue;
        }
        if let Some((letter, value)) = line.split_once(':')
            && letter.len() == 1
        {
            entry.row = entry.row.or(Some(row));
            match letter {
                "P" => entry.name = Some(value),
                "V" => entry.version = Some(value),
                "A" => entry.architecture = Some(value),
                "o" => entry.origin = Some(value),
                _ => {}
            }
            continue;
        }
        host.read(row, line);
    }
    let subject = host.subject(rows)?;
    let distribution = host.distribution();
    for entry in &entries {
        let row = entry.row.unwrap_or(Row(1));
        rows.count_row();
        let (Some(name), Some(version)) =
            (entry.name.filter(|it| is_word(it)), entry.version.filter(|it| is_word(it)))
        else {
            rows.error(row, None, "names no package: each has a line P:NAME and a line V:VERSION");
            continue;
        };
        let (architecture, source) =
            (entry.architecture.filter(|it| is_word(it)), entry.origin.filter(|it| is_word(it)));
        let package = Package { name, version, architecture, source, ..Package::default() };
        rows.fact(row, subject, FactKind::Package, &purl("apk", &package, distribution.as_ref()));
    }
    Ok(())
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-~".contains(&b))
}

#[cfg(test)]
mod tests {
    use crate::told::{about, device, errors, facts};

    #[test]
    fn packages_have_their_release_and_their_source() {
        let file = b"ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME=\"Alpine Linux v3.19\"\nLinux host 6.6.7-0-lts\n\nC:Q1x=\nP:libcrypto3\nV:3.1.4-r5\n\
                     A:x86_64\no:openssl\n\nP:musl\nV:1.2.4_git20230717-r4\nA:x86_64\no:musl\n\nP:broken\n";
        let imported = about("installed", file, device("10.20.1.9")).unwrap();
        let told = facts(&imported);
        for line in [
            "10.20.1.9 os.kernel 6.6.7-0-lts",
            "10.20.1.9 os.name Alpine Linux v3.19",
            "10.20.1.9 software.package pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=alpine-3.19.1&upstream=openssl",
            "10.20.1.9 software.package pkg:apk/alpine/musl@1.2.4_git20230717-r4?arch=x86_64&distro=alpine-3.19.1",
        ] {
            assert!(told.contains(&line.to_owned()), "{line} is missing in {told:#?}");
        }
        assert_eq!(errors(&imported).len(), 1);
    }
}
