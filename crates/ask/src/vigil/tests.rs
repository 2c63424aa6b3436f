//! What is a sign, and what is none; and laws over random talks.

use proptest::prelude::*;

use super::*;

const HOST: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 9);
const SERVER: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 5);
const US: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 2);

/// A moment, in milliseconds since somebody began to listen.
const fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_nanoseconds(1_795_600_000_000_000_000 + milliseconds * 1_000_000)
}

const fn vital(milliseconds: i64, with: Ipv4Addr, port: u16, what: Deed) -> Vital {
    Vital { host: HOST, with, port, at: at(milliseconds), what }
}

fn vigil() -> Vigil {
    Vigil::new(at(0), [HOST], [US].into())
}

/// Speaks with its server from and to so many seconds, each so many milliseconds.
fn speaks(vigil: &mut Vigil, seconds: std::ops::Range<i64>, each: usize) {
    for now in (seconds.start * 1000..seconds.end * 1000).step_by(each) {
        vigil.hear(&vital(now, SERVER, 2575, Deed::Spoke));
    }
}

/// Signs at this second, in words.
fn sign(vigil: &mut Vigil, second: i64) -> Option<String> {
    let mut found = vigil.signs(at(second * 1000));
    assert!(found.len() < 2);
    found.pop().map(|distress| distress.sign)
}

#[test]
fn p7_a_regular_talk_that_ceases_is_a_sign_and_only_once() {
    let mut vigil = vigil();
    speaks(&mut vigil, 0..21, 1000);
    vigil.asked(HOST, at(20_500));
    assert_eq!(sign(&mut vigil, 30), None);
    assert_eq!(
        sign(&mut vigil, 31).unwrap(),
        "its regular talk with 10.20.1.5 (port 2575) ceased 10 s ago, after it was asked"
    );
    assert_eq!(sign(&mut vigil, 32), None);
}

#[test]
fn p7_slow_habits_are_given_their_time() {
    let mut vigil = vigil();
    // Each 30 seconds, for ten minutes: five pauses may be missed.
    speaks(&mut vigil, 0..600, 30_000);
    vigil.asked(HOST, at(590_000));
    assert_eq!(sign(&mut vigil, 739), None);
    assert!(sign(&mut vigil, 741).unwrap().contains("ceased 151 s ago"));
}

#[test]
fn p7_what_is_no_habit_is_no_sign_when_it_ends() {
    // It began only lately, it was over before, it goes by fits and starts, or it has few words.
    let talks: [fn(&mut Vigil); 4] = [
        |vigil| speaks(vigil, 10..21, 1000),
        |vigil| speaks(vigil, 0..12, 1000),
        |vigil| {
            speaks(vigil, 0..2, 200);
            speaks(vigil, 9..11, 200);
            speaks(vigil, 18..20, 200);
        },
        |vigil| speaks(vigil, 0..20, 5000),
    ];
    for (which, talk) in talks.iter().enumerate() {
        let mut vigil = vigil();
        talk(&mut vigil);
        vigil.asked(HOST, at(20_500));
        assert_eq!(sign(&mut vigil, 300), None, "{which}");
        // But silence toward everybody for ten minutes is one.
        let words = sign(&mut vigil, 625).unwrap();
        assert!(words.contains("with nobody in the ten minutes after"), "{which}: {words}");
    }
}

#[test]
fn p7_a_long_talk_that_ends_in_order_has_not_ceased() {
    let mut vigil = vigil();
    speaks(&mut vigil, 0..21, 1000);
    vigil.asked(HOST, at(20_500));
    vigil.hear(&vital(22_000, SERVER, 2575, Deed::Ended));
    assert_eq!(sign(&mut vigil, 200), None);
    // Where each word is a connection of its own, they end in order all the time.
    let mut vigil = self::vigil();
    vigil.hear(&vital(0, SERVER, 2575, Deed::Spoke));
    vigil.hear(&vital(10, SERVER, 2575, Deed::Ended));
    speaks(&mut vigil, 1..21, 1000);
    vigil.asked(HOST, at(20_500));
    vigil.hear(&vital(20_600, SERVER, 2575, Deed::Ended));
    assert!(sign(&mut vigil, 40).is_some());
}

#[test]
fn p7_refusing_what_it_took_before_is_a_sign() {
    for (before, with, is_sign) in [
        (Some(Deed::Took(Duration::ZERO)), SERVER, true),
        (None, SERVER, false),
        (Some(Deed::Refused), SERVER, false),
        // Our own refusals are those of the questions.
        (Some(Deed::Took(Duration::ZERO)), US, false),
    ] {
        let mut vigil = vigil();
        before.into_iter().for_each(|deed| vigil.hear(&vital(5, SERVER, 22, deed)));
        vigil.asked(HOST, at(20_000));
        vigil.hear(&vital(21_000, with, 22, Deed::Refused));
        assert_eq!(sign(&mut vigil, 22).is_some(), is_sign, "{before:?} {with}");
    }
}

#[test]
fn p7_slower_answers_are_a_sign_the_second_time() {
    let mut vigil = vigil();
    let slow = |now, time| vital(now, SERVER, 22, Deed::Took(Duration::from_millis(time)));
    vigil.hear(&slow(5, 30));
    vigil.asked(HOST, at(20_000));
    for (now, time) in [(21_000, 91), (22_000, 90), (23_000, 500)] {
        vigil.hear(&slow(now, time));
        assert_eq!(sign(&mut vigil, 23), None);
    }
    vigil.hear(&vital(24_000, SERVER, 443, Deed::WentOn(Duration::from_millis(400))));
    assert_eq!(
        sign(&mut vigil, 25).unwrap(),
        "it took 400 ms to answer others, and at most 30 ms before it was asked"
    );
}

#[test]
fn p7_breaking_off_is_a_sign_where_it_comes_much_more_often() {
    let broken = |before: i64, after: i64, each: i64| {
        let mut vigil = vigil();
        (0..before).for_each(|n| vigil.hear(&vital(n * 900, SERVER, 443, Deed::BrokeOff)));
        vigil.asked(HOST, at(20_000));
        (1..=after).for_each(|n| vigil.hear(&vital(20_000 + n * each, SERVER, 443, Deed::BrokeOff)));
        sign(&mut vigil, 600).is_some()
    };
    assert!(!broken(0, 3, 100) && broken(0, 4, 100));
    // One each ten seconds before, and as often after; then as many in a second.
    assert!(!broken(2, 50, 10_000) && broken(2, 10, 100));
}

#[test]
fn p8_ten_minutes_after_the_last_question_it_is_known_whether_a_host_still_speaks() {
    let mut vigil = vigil();
    assert_eq!((vigil.until(), vigil.since(at(0))), (None, Vec::new()));
    vigil.hear(&vital(1000, SERVER, 443, Deed::Spoke));
    vigil.asked(HOST, at(20_000));
    vigil.asked(HOST, at(30_000));
    assert_eq!(vigil.until(), Some(at(632_000)));
    assert_eq!(vigil.since(at(631_999)), [(HOST, Since::NotWatched)]);
    assert_eq!(sign(&mut vigil, 631), None);
    // What it tells us tells nothing.
    vigil.hear(&vital(40_000, US, 22, Deed::Spoke));
    let quiet = Since::Quiet { with: SERVER.into(), last: at(1000) };
    assert_eq!(vigil.since(at(632_000)), [(HOST, quiet)]);
    assert!(sign(&mut vigil, 632).unwrap().contains("with nobody in the ten minutes"));
    vigil.hear(&vital(31_000, SERVER, 443, Deed::Spoke));
    assert_eq!(vigil.since(at(632_000)), [(HOST, Since::Speaks { with: SERVER.into(), last: at(31_000) })]);
}

fn some_vital() -> impl Strategy<Value = Vital> {
    let deed = prop_oneof![
        4 => Just(Deed::Spoke),
        1 => (0_u64..900).prop_map(|time| Deed::Took(Duration::from_millis(time))),
        1 => (0_u64..900).prop_map(|time| Deed::WentOn(Duration::from_millis(time))),
        1 => Just(Deed::Refused),
        1 => Just(Deed::BrokeOff),
        1 => Just(Deed::Ended),
    ];
    let with = prop_oneof![Just(SERVER), Just(Ipv4Addr::new(10, 20, 1, 6))];
    (0_i64..1_200_000, with, 1_u16..4, deed).prop_map(|(now, with, port, deed)| vital(now, with, port, deed))
}

fn some_talk() -> impl Strategy<Value = Vec<Vital>> {
    proptest::collection::vec(some_vital(), 0..200).prop_map(|mut all| {
        all.sort_by_key(|vital| vital.at);
        all
    })
}

/// Signs of a vigil that hears this and looks each second; the host is asked at this second, if it is.
fn watched(heard: &[Vital], asked: Option<i64>) -> Vec<Distress> {
    let (mut vigil, mut rest, mut found) = (vigil(), heard, Vec::new());
    for second in 0..1900 {
        if asked == Some(second) {
            vigil.asked(HOST, at(second * 1000));
        }
        while let Some((next, behind)) = rest.split_first().filter(|(next, _)| next.at <= at(second * 1000)) {
            vigil.hear(next);
            rest = behind;
        }
        found.extend(vigil.signs(at(second * 1000)));
    }
    found
}

proptest! {
    #[test]
    fn p7_a_host_gives_one_sign_at_most_and_none_before_it_is_asked(heard in some_talk(), asked in 1_i64..600) {
        prop_assert_eq!(watched(&heard, None), Vec::new());
        prop_assert!(watched(&heard, Some(asked)).len() <= 1);
    }

    #[test]
    fn p7_a_host_that_nobody_heard_before_gives_no_sign_by_silence(heard in some_talk(), asked in 1_i64..600) {
        let after: Vec<Vital> = heard.into_iter().filter(|it| it.at > at(asked * 1000) && it.what == Deed::Spoke).collect();
        prop_assert_eq!(watched(&after, Some(asked)), Vec::new());
    }

    #[test]
    fn p7_what_a_host_says_to_us_changes_nothing(heard in some_talk(), asked in 1_i64..600) {
        let ours: Vec<Vital> = heard.into_iter().map(|it| Vital { with: US, ..it }).collect();
        prop_assert_eq!(watched(&ours, Some(asked)), Vec::new());
    }

    #[test]
    fn p7_a_host_that_goes_on_as_before_gives_no_sign(each in 100_usize..20_000, asked in 20_i64..600, wobble in 0_i64..90) {
        let heard: Vec<Vital> = (0..1_900_000).step_by(each).enumerate()
            .map(|(n, now)| vital(now + if n % 2 == 0 { wobble } else { 0 }, SERVER, 2575, Deed::Spoke)).collect();
        prop_assert_eq!(watched(&heard, Some(asked)), Vec::new());
    }

    #[test]
    fn p7_a_host_that_speaks_each_second_or_two_and_dies_is_found_within_half_a_minute(each in 200_usize..2_000, asked in 20_i64..600) {
        let heard: Vec<Vital> = (0..asked * 1000).step_by(each).map(|now| vital(now, SERVER, 2575, Deed::Spoke)).collect();
        let (mut vigil, end) = (vigil(), asked + 30);
        heard.iter().for_each(|it| vigil.hear(it));
        vigil.asked(HOST, at(asked * 1000));
        prop_assert_eq!(vigil.signs(at(end * 1000)).len(), 1);
    }
}
