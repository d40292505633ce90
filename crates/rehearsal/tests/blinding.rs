//! Masking changes names and nothing else: the method, the way back, and free text.

use proptest::prelude::*;
use record::blind::{self, MaskMap, NameKind, Suspicion, Wanted, mask_text};
use rehearsal::corpus;
use serde_json::Value;

use crate::support::script;

fn inputs(script: &rehearsal::CaseScript) -> method::Case {
    let items = script.items.iter().enumerate().map(|(n, item)| {
        // two items of the demo may rest on one exhibit: merging by hash must survive as well
        item.item(&tlog::sha256(&[u8::try_from(n / 2).unwrap()]))
    });
    method::Case {
        hypotheses: script.hypotheses.clone(),
        strands: script.strands.clone(),
        items: items.collect(),
        reviews: Vec::new(),
        reply_recorded: true,
    }
}

fn map(seed: u64, case: &method::Case) -> MaskMap {
    let seed = tlog::sha256(&seed.to_be_bytes());
    blind::make(seed, blind::names_of(case)).unwrap()
}

/// Every whole text of a value that is a token, as the name it stands for.
fn names_back(value: &mut Value, back: &std::collections::BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(name) = back.get(text) {
                text.clone_from(name);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|v| names_back(v, back)),
        Value::Object(all) => all.values_mut().for_each(|v| names_back(v, back)),
        _ => {}
    }
}

fn same_bits(case: &method::Case, map: &MaskMap) {
    let params = method::Params::default();
    let masked = blind::mask(case, map).unwrap();
    let mut back: std::collections::BTreeMap<_, _> = map
        .names
        .iter()
        .map(|n| (n.token.clone(), n.original.clone()))
        .collect();
    for hash in case.items.iter().flat_map(|i| &i.exhibits) {
        back.insert(blind::exhibit_token(&map.seed, hash), hash.clone());
    }
    type Run = fn(&method::Case, &method::Params) -> Result<method::Evaluation, method::InputError>;
    for run in [method::evaluate as Run, method::evaluate_as_given] {
        let is = run(&masked, &params).unwrap();
        let mut is: Value = serde_json::from_str(&serde_json::to_string(&is).unwrap()).unwrap();
        names_back(&mut is, &back);
        let wanted = run(case, &params).unwrap();
        let wanted: Value = serde_json::from_str(&serde_json::to_string(&wanted).unwrap()).unwrap();
        assert_eq!(is, wanted);
    }
}

fn all_cases() -> Vec<method::Case> {
    let mut scripts = corpus::cases().unwrap();
    scripts.push(script("blinding"));
    scripts.iter().map(inputs).collect()
}

#[test]
fn a_masked_case_evaluates_to_the_same_bits() {
    for (n, case) in (0..).zip(all_cases()) {
        let map = map(n, &case);
        let merged = method::evaluate(&case, &method::Params::default()).unwrap();
        assert!(
            !merged.merges.is_empty(),
            "something is merged by upstream or exhibit"
        );
        same_bits(&case, &map);
    }
}

proptest! {
    #[test]
    fn no_name_is_left_and_the_way_back_is_exact(seed in any::<u64>(), n in 0usize..6) {
        let case = all_cases().swap_remove(n);
        let map = map(seed, &case);
        blind::check(&map, &case).unwrap();
        let masked = blind::mask(&case, &map).unwrap();
        masked.validate().unwrap();
        let text = serde_json::to_string(&masked).unwrap();
        for name in &map.names {
            prop_assert!(!text.contains(&format!("\"{}\"", name.original)), "{}", name.original);
        }
        let exhibits: Vec<_> = case.items.iter().flat_map(|i| i.exhibits.clone()).collect();
        let back = blind::unmask(&masked, &map, exhibits.iter().map(String::as_str)).unwrap();
        prop_assert_eq!(back, case);
    }

    #[test]
    fn a_token_does_not_depend_on_the_other_names(seed in any::<u64>(), n in 0usize..6) {
        let case = all_cases().swap_remove(n);
        let whole = map(seed, &case);
        let mut names = blind::names_of(&case);
        names.reverse();
        let reversed = blind::make(whole.seed, names).unwrap();
        for name in whole.names.iter().filter(|n| n.kind != NameKind::State) {
            let same = reversed.names.iter().find(|o| o.kind == name.kind && o.original == name.original);
            prop_assert_eq!(&same.unwrap().token, &name.token);
        }
    }

    #[test]
    fn any_text_is_masked_or_left_alone(text in "\\PC{0,120}") {
        let map = terms(&["Lazarus", "北韓", "ß", "İstanbul", "a b"]);
        let masked = mask_text(&text, &map);
        prop_assert!(masked.replaced.iter().all(|r| r.times > 0));
        if masked.replaced.is_empty() {
            prop_assert_eq!(masked.text, text);
        }
    }
}

fn terms(words: &[&str]) -> MaskMap {
    let wanted = words.iter().map(|w| Wanted {
        kind: NameKind::Term,
        original: (*w).to_string(),
        of: None,
    });
    blind::make(tlog::sha256(b"terms"), wanted.collect()).unwrap()
}

fn token<'a>(map: &'a MaskMap, original: &str) -> &'a str {
    let found = map.names.iter().find(|n| n.original == original);
    &found.unwrap().token
}

#[test]
fn whole_words_in_any_case_the_longest_first() {
    let map = terms(&["North Korea", "Korea", "ru", "Ökonomie", "us"]);
    let north = token(&map, "North Korea");
    let korea = token(&map, "Korea");
    let eco = token(&map, "Ökonomie");
    let masked = mask_text(
        "NORTH\n  korea's tools; korea, koreans; ÖKONOMIE; rural us US",
        &map,
    );
    assert_eq!(
        masked.text,
        format!(
            "{north}'s tools; {korea}, koreans; {eco}; rural {} US",
            token(&map, "us")
        ),
        "short names only as they are written"
    );
    assert_eq!(masked.replaced.iter().map(|r| r.times).sum::<u32>(), 4);
}

#[test]
fn terms_carry_their_state_s_token() {
    let wanted = |kind, original: &str, of: Option<&str>| Wanted {
        kind,
        original: original.into(),
        of: of.map(str::to_string),
    };
    let names = vec![
        wanted(NameKind::State, "RU", None),
        wanted(NameKind::Term, "Russian", Some("RU")),
    ];
    let map = blind::make(tlog::sha256(b"s"), names).unwrap();
    let code = token(&map, "RU").to_string();
    assert_eq!(code.len(), 2);
    assert_eq!(
        mask_text("russian RU ru", &map).text,
        format!("{code} {code} ru")
    );
    let orphan = vec![wanted(NameKind::Term, "Russian", Some("RU"))];
    assert!(blind::make(tlog::sha256(b"s"), orphan).is_err());
}

#[test]
fn leftovers_are_listed_with_their_line_and_addresses_are_gone() {
    let map = terms(&["Lazarus"]);
    let text = "First.\nRussians in Pyongyang, см. update.example.kp at UTC+9,\nhttps://example.org/lazarus?x=1, LazarusKit.";
    let masked = mask_text(text, &map);
    assert!(
        masked.text.contains("\n[address], LazarusKit."),
        "{}",
        masked.text
    );
    let listed: Vec<_> = masked
        .leftovers
        .iter()
        .map(|l| (l.line, l.word.as_str(), l.why))
        .collect();
    for wanted in [
        (2, "Russians", Suspicion::Country),
        (2, "Pyongyang", Suspicion::Country),
        (2, "см", Suspicion::Script),
        (2, "kp", Suspicion::Domain),
        (2, "UTC", Suspicion::TimeZone),
        (3, "LazarusKit", Suspicion::Inside),
    ] {
        assert!(listed.contains(&wanted), "{wanted:?} in {listed:?}");
    }
    assert!(
        mask_text("An ordinary sentence of ours.", &map)
            .leftovers
            .is_empty()
    );
}

#[test]
fn more_states_than_codes_are_refused() {
    let names = |n: u8| {
        let code = |i: u8| format!("{}{}", char::from(b'B' + i / 26), char::from(b'A' + i % 26));
        (0..n)
            .map(|i| Wanted {
                kind: NameKind::State,
                original: code(i),
                of: None,
            })
            .collect::<Vec<_>>()
    };
    let seed = tlog::sha256(b"many");
    let map = blind::make(seed, names(42)).unwrap();
    let codes: std::collections::BTreeSet<_> = map.names.iter().map(|n| &n.token).collect();
    assert_eq!(codes.len(), 42);
    assert_eq!(
        blind::make(seed, names(43)),
        Err(blind::BlindError::TooManyStates)
    );
    let twice = names(2).into_iter().chain(names(1)).collect();
    assert!(matches!(
        blind::make(seed, twice),
        Err(blind::BlindError::Twice { .. })
    ));
}
