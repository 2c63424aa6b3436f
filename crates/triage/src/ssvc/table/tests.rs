use super::*;

const SHAPES: &[Shape] = &[CISA, DEPLOYER, HUMAN_IMPACT];
const HUMAN: &str = include_str!("../../../data/ssvc-human-impact.csv");

fn error(text: &str) -> String {
    Table::read(text, SHAPES).unwrap_err().to_string()
}

#[test]
fn a_table_that_is_not_whole_is_refused_with_its_line() {
    assert!(Table::read(HUMAN, SHAPES).is_ok());
    assert!(Table::read(&HUMAN.replace('\n', "\r\n"), SHAPES).is_ok());
    let without = HUMAN.replace("marginal,degraded,low\n", "");
    assert_eq!(error(&without), "there is no row for marginal,degraded; add one");
    let twice = format!("{HUMAN}marginal,degraded,low\n");
    assert!(error(&twice).starts_with("line 20: the same combination"), "{}", error(&twice));
    let other = HUMAN.replace("marginal,degraded,low", "marginal,broken,low");
    assert!(error(&other).starts_with("line 8, column mission: one of degraded,"), "{}", error(&other));
    let more = HUMAN.replace("marginal,degraded,low", "marginal,degraded,low,low");
    assert!(error(&more).starts_with("line 8, column human-impact"), "{}", error(&more));
    let columns = HUMAN.replace("safety,mission", "mission,safety");
    assert!(error(&columns).starts_with("line 3: the columns fit no table"));
    assert!(error(&HUMAN.replace("# version", "# edition")).contains("does not say its version"));
    assert!(error("").starts_with("line 1"));
    assert!(error(&"#".repeat(70_000)).contains("64 kB"));
}

proptest::proptest! {
    #[test]
    fn any_text_is_judged_without_panic(text: String) {
        let _ = Table::read(&text, SHAPES);
    }

    #[test]
    fn a_damaged_table_is_judged_without_panic(place in 0..HUMAN.len(), letter: char) {
        let mut text = HUMAN.to_owned();
        text.insert(place, letter);
        let _ = Table::read(&text, SHAPES);
    }
}
