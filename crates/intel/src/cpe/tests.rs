use proptest::prelude::*;

use super::*;

fn name(text: &str) -> Cpe {
    text.parse().unwrap()
}

#[test]
fn reads_and_writes_the_names_that_nvd_uses() {
    let table = [
        "cpe:2.3:a:openbsd:openssh:7.2:p2:*:*:*:*:*:*",
        "cpe:2.3:o:cisco:ios:12.2\\(33\\)sxi4:*:*:*:*:*:*:*",
        "cpe:2.3:o:microsoft:windows_10:-:*:*:*:*:*:x64:*",
        "cpe:2.3:a:hp:insight_diagnostics:7.4.*:*:*:*:*:*:*:*",
        "cpe:2.3:a:foo\\\\bar:big\\$money_2010:??1?:*:*:*:special:ipod_touch:80gb:*",
        "cpe:2.3:a:vendor:\\-:1:\\*:*:*:*:*:*:*",
        "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*",
    ];
    for text in table {
        assert_eq!(name(text).to_string(), text);
    }
    assert_eq!(name("cpe:2.3:a:OpenBSD:OpenSSH:7.2:*:*:*:*:*:*:*").product.literal(), Some("openssh"));
    assert_eq!(name("cpe:2.3:a:a:c\\+\\+:1\\:2:*:*:*:*:*:*:*").version.literal(), Some("1:2"));
}

#[test]
fn says_what_is_wrong_with_other_texts() {
    let table = [
        ("cpe:/a:openbsd:openssh", "does not begin with cpe:2.3:"),
        ("cpe:2.3:a:b:c:1:*:*:*:*:*:*", "fewer than 11 components"),
        ("cpe:2.3:a:b:c:1:*:*:*:*:*:*:*:*", "more than 11 components"),
        ("cpe:2.3:x:b:c:1:*:*:*:*:*:*:*", "the part is not a, o, h or *"),
        ("cpe:2.3:a::c:1:*:*:*:*:*:*:*", "an empty component"),
        ("cpe:2.3:a:b:c*d:1:*:*:*:*:*:*:*", "a wildcard inside a value"),
        ("cpe:2.3:a:b:c:1:*:*:*:*:*:*:\\", "ends in a quoting backslash"),
        ("cpe:2.3:a:b:é:1:*:*:*:*:*:*:*", "a character outside printable ASCII"),
    ];
    for (text, reason) in table {
        assert_eq!(text.parse::<Cpe>().unwrap_err().reason, reason, "{text}");
    }
}

#[test]
fn relates_attributes_as_table_6_2_says() {
    use Relation::{Disjoint, Equal, Subset, Superset, Undefined};
    let any = Attribute::Any;
    let na = Attribute::NotApplicable;
    let one = Attribute::exactly("1.0");
    let two = Attribute::exactly("2.0");
    let wild = name("cpe:2.3:a:b:c:1.*:*:*:*:*:*:*:*").version;
    let table = [
        (&any, &any, Equal),
        (&any, &na, Superset),
        (&any, &one, Superset),
        (&any, &wild, Undefined),
        (&na, &any, Subset),
        (&na, &na, Equal),
        (&na, &one, Disjoint),
        (&na, &wild, Undefined),
        (&one, &any, Subset),
        (&one, &na, Disjoint),
        (&one, &one, Equal),
        (&one, &two, Disjoint),
        (&one, &wild, Undefined),
        (&wild, &any, Subset),
        (&wild, &na, Disjoint),
        (&wild, &one, Superset),
        (&wild, &two, Disjoint),
        (&wild, &wild, Undefined),
    ];
    for (source, target, relation) in table {
        assert_eq!(source.relation_to(target), relation, "{source} to {target}");
    }
}

#[test]
fn wildcards_cover_as_the_reference_algorithm_does() {
    let covers = |pattern: &str, text: &str| {
        let Attribute::Value(value) = name(&format!("cpe:2.3:a:b:c:{pattern}:*:*:*:*:*:*:*")).version else {
            panic!("{pattern} is a value")
        };
        value.covers(text)
    };
    assert!(covers("1.*", "1.2.3"));
    assert!(covers("??3", "1.3") && covers("??3", "3") && !covers("??3", "1.23"));
    assert!(covers("?aa", "aaa"));
    assert!(covers("*sp?", "2003sp1") && covers("*sp?", "2003sp") && !covers("*sp?", "2003sp12"));
    assert!(covers("???", "abc") && !covers("???", "abcd"));
}

#[test]
fn relates_whole_names() {
    let openssh = name("cpe:2.3:a:openbsd:openssh:*:*:*:*:*:*:*:*");
    let seen = name("cpe:2.3:a:openbsd:openssh:7.2:p2:*:*:*:*:*:*");
    assert_eq!(openssh.relation_to(&seen), Relation::Superset);
    assert_eq!(seen.relation_to(&openssh), Relation::Subset);
    let windows = name("cpe:2.3:a:openbsd:openssh:*:*:*:*:*:windows:*:*");
    assert_eq!(windows.relation_to(&seen), Relation::Undefined);
    let other = name("cpe:2.3:a:openbsd:opensmtpd:*:*:*:*:*:*:*:*");
    assert_eq!(other.relation_to(&seen), Relation::Disjoint);
}

fn attribute() -> impl Strategy<Value = Attribute> {
    prop_oneof![
        2 => Just(Attribute::Any),
        1 => Just(Attribute::NotApplicable),
        5 => "[a-c0-2.!(:*?\\\\-]{1,4}".prop_map(|text| Attribute::exactly(&text)),
    ]
}

fn with_wildcards() -> impl Strategy<Value = Attribute> {
    let end = prop_oneof![Just(Wildcard::None), Just(Wildcard::Many), (1..4u8).prop_map(Wildcard::UpTo)];
    (end.clone(), "[a-c0-2.]{1,4}", end)
        .prop_map(|(head, text, tail)| Attribute::Value(Value { head, text: text.into(), tail }))
}

fn any_name(attribute: impl Strategy<Value = Attribute> + Clone) -> impl Strategy<Value = Cpe> {
    let part = prop::option::of(prop_oneof![Just(Part::Application), Just(Part::Hardware)]);
    (part, prop::collection::vec(attribute, 10)).prop_map(|(part, mut rest)| {
        let mut next = || rest.pop().unwrap();
        Cpe {
            part,
            vendor: next(),
            product: next(),
            version: next(),
            update: next(),
            edition: next(),
            language: next(),
            sw_edition: next(),
            target_sw: next(),
            target_hw: next(),
            other: next(),
        }
    })
}

fn few() -> BoxedStrategy<Attribute> {
    prop_oneof![8 => Just(Attribute::Any), 2 => Just(Attribute::exactly("1")), 1 => attribute()].boxed()
}

proptest! {
    #[test]
    fn binding_round_trips(cpe in any_name(prop_oneof![attribute(), with_wildcards()].boxed())) {
        prop_assert_eq!(cpe.to_string().parse::<Cpe>().unwrap(), cpe);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}", rest in "cpe:2\\.3:a:[a*?:\\\\é]{0,40}") {
        let _ = text.parse::<Cpe>();
        let _ = rest.parse::<Cpe>();
    }

    #[test]
    fn a_name_equals_itself(cpe in any_name(attribute().boxed())) {
        prop_assert_eq!(cpe.relation_to(&cpe), Relation::Equal);
    }

    #[test]
    fn relations_invert(one in any_name(few()), two in any_name(few())) {
        prop_assert_eq!(one.relation_to(&two), two.relation_to(&one).inverse());
    }

    #[test]
    fn any_is_a_superset_of_all(cpe in any_name(attribute().boxed())) {
        let all = "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*".parse::<Cpe>().unwrap();
        prop_assert!(matches!(all.relation_to(&cpe), Relation::Superset | Relation::Equal));
    }

    #[test]
    fn superset_is_transitive(one in any_name(few()), two in any_name(few()), three in any_name(few())) {
        let holds = |relation| matches!(relation, Relation::Superset | Relation::Equal);
        if holds(one.relation_to(&two)) && holds(two.relation_to(&three)) {
            prop_assert!(holds(one.relation_to(&three)));
        }
    }

    #[test]
    fn what_is_disjoint_from_a_superset_is_disjoint(
        one in any_name(few()), two in any_name(few()), three in any_name(few())
    ) {
        if one.relation_to(&two) == Relation::Superset && one.relation_to(&three) == Relation::Disjoint {
            prop_assert_eq!(two.relation_to(&three), Relation::Disjoint);
        }
    }

    /// Every pair of attributes relates as its row of NISTIR 7696, table 6-2, says. The kinds are told apart here by their
    /// texts; whether wildcards cover a text, by a search through all texts that they could stand for.
    #[test]
    fn every_pair_obeys_its_row_of_table_6_2(source in any_kind(), target in any_kind()) {
        use Relation::{Disjoint, Equal, Subset, Superset, Undefined};
        let kind = |attribute: &Attribute| match attribute {
            Attribute::Any => 'A',
            Attribute::NotApplicable => 'N',
            Attribute::Value(value) if value.has_wildcard() => 'w',
            Attribute::Value(_) => 'i',
        };
        let expected = match (kind(&source), kind(&target)) {
            ('A', 'A') | ('N', 'N') => Equal,                                   // rows 1, 6
            (_, 'w') => Undefined,                                              // rows 4, 8, 11, 17
            ('A', _) => Superset,                                               // rows 2, 3
            (_, 'A') => Subset,                                                 // rows 5, 13, 15
            ('N', 'i') | ('i' | 'w', 'N') => Disjoint,                          // rows 7, 12, 16
            ('i', 'i') if source.literal() == target.literal() => Equal,        // row 9
            ('i', 'i') => Disjoint,                                             // row 10
            _ if covers_by_search(&source, target.literal().unwrap()) => Superset, // row 14
            _ => Disjoint,                                                      // row 14
        };
        prop_assert_eq!(source.relation_to(&target), expected);
    }

    /// Whole names relate as section 6.2 and table 6-4 say of their attributes.
    #[test]
    fn names_relate_as_their_attributes_do(one in any_name(few()), two in any_name(few())) {
        use Relation::{Disjoint, Equal, Subset, Superset, Undefined};
        let part = |part: Option<Part>| part.map_or(Attribute::Any, |part| Attribute::exactly(&part.letter().to_string()));
        let mut relations = vec![part(one.part).relation_to(&part(two.part))];
        relations.extend(one.attributes().iter().zip(two.attributes()).map(|(one, two)| one.relation_to(two)));
        let all = |kinds: &[Relation]| relations.iter().all(|relation| kinds.contains(relation));
        let expected = match () {
            () if relations.contains(&Disjoint) => Disjoint,
            () if all(&[Equal]) => Equal,
            () if all(&[Subset, Equal]) => Subset,
            () if all(&[Superset, Equal]) => Superset,
            () => Undefined,
        };
        prop_assert_eq!(one.relation_to(&two), expected);
    }
}

fn any_kind() -> impl Strategy<Value = Attribute> {
    let near = ("[?*]{0,2}", "[ab]{1,2}", "[?*]{0,2}").prop_map(|(head, text, tail)| {
        Attribute::read(&format!("{head}{text}{tail}")).unwrap_or(Attribute::Any)
    });
    prop_oneof![attribute(), with_wildcards(), near, "[ab]{1,4}".prop_map(|text| Attribute::exactly(&text))]
}

/// True when the text is what is left of the value after its wildcards have taken some characters on each side.
fn covers_by_search(source: &Attribute, text: &str) -> bool {
    let Attribute::Value(value) = source else { return false };
    let letters: Vec<char> = text.chars().collect();
    let takes = |wildcard: Wildcard, count: usize| match wildcard {
        Wildcard::None => count == 0,
        Wildcard::Many => true,
        Wildcard::UpTo(most) => count <= usize::from(most),
    };
    (0..=letters.len()).any(|start| {
        (start..=letters.len()).any(|end| {
            letters[start..end].iter().collect::<String>() == value.text.as_str()
                && takes(value.head, start)
                && takes(value.tail, letters.len() - end)
        })
    })
}
