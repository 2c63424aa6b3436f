use proptest::prelude::*;

use super::*;

fn told() -> Told {
    Told {
        kind: Kind::Work,
        round: RoundId(3),
        at: "2026-11-26T10:00:00Z".parse().unwrap(),
        team: Some(Role::Biomedical),
        hospital: "St. Bride's, \u{202e}Ward; key=00 -->".to_owned(),
    }
}

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn body(form: Form) -> Vec<u8> {
    match form {
        Form::Pdf => b"%PDF-1.7\nsome objects\n%%EOF".to_vec(),
        Form::Html => b"<!DOCTYPE html><html></html>".to_vec(),
        Form::Csv => b"Board,1\r\n".to_vec(),
        Form::Json => b"{\n  \"version\": 1\n}\n".to_vec(),
        Form::Xlsx => crate::sheet::xlsx("Report", std::iter::once(vec!["one"])).unwrap(),
    }
}

#[test]
fn a_sealed_file_of_any_kind_shows_what_it_was_told_from() {
    for form in Form::ALL {
        let plain = seal(body(form), form, &told(), "aa", None);
        let Shown::Unsigned(read) = look(&plain) else { panic!("{form:?}: {:?}", look(&plain)) };
        assert_eq!((read.told, read.digest.as_str()), (told(), "aa"));
        let signed = seal(body(form), form, &told(), "aa", Some(&key(1)));
        let Shown::Signed(_, by) = look(&signed) else { panic!("{form:?}") };
        assert_eq!(by, hex(key(1).public_key().as_ref()));
    }
}

#[test]
fn json_stays_json_and_names_the_seal() {
    let file = seal(body(Form::Json), Form::Json, &told(), "aa", None);
    let read: serde_json::Value = serde_json::from_slice(&file).unwrap();
    assert!(read["seal"].as_str().unwrap().starts_with(BEGINS));
}

/// Not one bit of a signed file can change without being seen.
#[test]
fn every_changed_bit_shows() {
    for form in Form::ALL {
        let file = seal(body(form), form, &told(), "aa", Some(&key(1)));
        for place in 0..file.len() {
            for bit in 0..8 {
                let mut changed = file.clone();
                changed[place] ^= 1 << bit;
                let shown = look(&changed);
                let is_ours =
                    matches!(&shown, Shown::Signed(_, by) if *by == hex(key(1).public_key().as_ref()));
                assert!(!is_ours, "{form:?} byte {place} bit {bit}: {shown:?}");
                assert!(!matches!(shown, Shown::Unsigned(_)), "{form:?} byte {place} bit {bit}: {shown:?}");
            }
        }
    }
}

#[test]
fn what_is_added_cut_or_sealed_twice_shows() {
    for form in Form::ALL {
        let file = seal(body(form), form, &told(), "aa", None);
        let longer = [file.as_slice(), b"\n"].concat();
        assert!(matches!(look(&longer), Shown::Changed(_)), "{form:?}");
        assert_eq!(look(&body(form)), Shown::NoSeal);
        for length in 0..file.len() {
            let shown = look(&file[..length]);
            assert!(
                matches!(shown, Shown::NoSeal | Shown::Changed(_)),
                "{form:?} cut at {length}: {shown:?}"
            );
        }
    }
}

#[test]
fn a_seal_signed_by_somebody_else_says_so() {
    let file = seal(body(Form::Pdf), Form::Pdf, &told(), "aa", Some(&key(2)));
    let Shown::Signed(_, by) = look(&file) else { panic!() };
    assert_ne!(by, hex(key(1).public_key().as_ref()));
}

#[test]
fn no_file_is_too_odd_to_look_at() {
    for file in [
        &b""[..],
        b"wardround-seal 1; ",
        b"%PDF-\n%wardround-seal 1; kind=board",
        &[0; 5_000],
        &[0xff; 70_000],
    ] {
        assert!(matches!(look(file), Shown::NoSeal));
    }
}

proptest! {
    /// Whatever a file holds, also a seal of its own, sealing it shows just what was sealed.
    #[test]
    fn a_sealed_file_shows_what_was_told_whatever_it_holds(
        inside in "(\\PC|[\n\r\u{0}]|wardround-seal 1; kind=board; round=R-1|; key=|\\*/|-->){0,20}",
        hospital in "\\PC{0,40}",
        form in prop::sample::select(Form::ALL.to_vec()),
    ) {
        let told = Told { hospital, ..told() };
        let mut body = body(form);
        if form != Form::Json && form != Form::Xlsx {
            body.extend(inside.as_bytes());
        }
        let file = seal(body, form, &told, "aa", Some(&key(1)));
        match look(&file) {
            Shown::Signed(read, _) => prop_assert_eq!(read.told, told),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn no_bytes_are_ours_by_chance(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let text = [b"%PDF-1.7\n%wardround-seal 1; ".as_slice(), &bytes].concat();
        prop_assert!(matches!(look(&text), Shown::NoSeal | Shown::Changed(_)));
        prop_assert_eq!(look(&bytes), Shown::NoSeal);
    }
}
