//! The playbooks: complete, defensive, in the first hour, and in plain words too.

use solferino_aid::{Action, Incident, Playbook, PlaybookTexts, SHIPPED, playbooks, playbooks_in};
use std::collections::BTreeSet;

#[test]
fn there_is_one_for_each_of_the_five() {
    let all = playbooks().unwrap();
    let ids: Vec<&str> = all.iter().map(|playbook| playbook.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "phishing-account",
            "ransomware-clinic",
            "wiper",
            "doxing",
            "ddos-newsroom"
        ]
    );
    for playbook in &all {
        assert!(playbook.step.len() >= 6, "{}", playbook.id);
        assert!(playbook.step.last().unwrap().minutes <= 60);
        let used: BTreeSet<&String> = playbook
            .step
            .iter()
            .flat_map(|step| &step.sources)
            .collect();
        for source in &playbook.source {
            assert!(
                used.contains(&source.id),
                "{}: {} is named and not used",
                playbook.id,
                source.id
            );
        }
        for step in &playbook.step {
            assert!(
                !step.evidence.is_empty() && !step.never.is_empty(),
                "{}",
                step.id
            );
        }
        // What is there is kept before anything is cleaned or restored.
        let at = |wanted: &[Action]| {
            playbook
                .step
                .iter()
                .position(|step| wanted.contains(&step.action))
        };
        let kept = at(&[Action::CopyEvidence, Action::CollectLogs]).unwrap();
        let changed = at(&[
            Action::Clean,
            Action::Patch,
            Action::Restore,
            Action::RevokeSessions,
            Action::ResetCredentials,
        ]);
        assert!(
            changed.is_none_or(|changed| kept < changed),
            "{}",
            playbook.id
        );
    }
    let covered: BTreeSet<Incident> = all
        .iter()
        .flat_map(|playbook| playbook.incidents.clone())
        .collect();
    assert!(covered.len() >= 6, "{covered:?}");
}

#[test]
fn every_action_is_on_the_closed_list_and_others_are_refused() {
    for text in SHIPPED {
        let mut tried = 0;
        for action in Action::ALL {
            let word = format!("action = \"{action}\"");
            if text.contains(&word) {
                for offensive in ["hack-back", "counter-attack", "scan-others", "take-down"] {
                    let bad = text.replacen(&word, &format!("action = \"{offensive}\""), 1);
                    assert!(Playbook::from_toml(&bad).is_err(), "{offensive}");
                }
                tried += 1;
            }
        }
        assert!(tried >= 3);
    }
}

#[test]
fn a_playbook_that_breaks_a_rule_is_refused() {
    let good = SHIPPED[0];
    let bad = [
        ("minutes = 5\n", "minutes = 61\n"),
        ("minutes = 10\n", "minutes = 4\n"),
        ("id = \"keep-the-message\"", "id = \"safe-channel\""),
        ("sources = [\"dfak\"]", "sources = [\"nobody\"]"),
        ("sources = [\"dfak\"]", "sources = []"),
        (
            "format = \"solferino-playbook/1\"",
            "format = \"solferino-playbook/2\"",
        ),
        (
            "plain = \"Keep the message.",
            "plain = \"Keep the message and save it as a file and take a photo of it and write down what you did.",
        ),
        ("who = \"together\"", "who = \"machine\""),
        ("minutes = 5\n", "minutes = 5\npriority = 1\n"),
    ];
    for (from, to) in bad {
        assert!(good.contains(from), "{from}");
        let error = Playbook::from_toml(&good.replacen(from, to, 1)).unwrap_err();
        assert_eq!(error.code(), "aid-playbook", "{to}");
    }
}

/// What no translation may change: order and names of the steps, minutes, who, actions, sources, how much to keep and to leave.
fn bones(playbook: &Playbook) -> Vec<String> {
    let step = |s: &solferino_aid::PlaybookStep| {
        format!(
            "{} {} {} {} {:?} {} {}",
            s.id,
            s.minutes,
            s.who,
            s.action,
            s.sources,
            s.evidence.len(),
            s.never.len()
        )
    };
    let steps = playbook.step.iter().map(step);
    steps
        .chain([format!("{:?} {:?}", playbook.incidents, playbook.source)])
        .collect()
}

/// Every text of a playbook that somebody reads.
fn texts(playbook: &Playbook) -> Vec<&String> {
    let steps = playbook.step.iter();
    let steps = steps.flat_map(|s| {
        [&s.text, &s.plain]
            .into_iter()
            .chain(&s.evidence)
            .chain(&s.never)
    });
    [&playbook.title, &playbook.plain]
        .into_iter()
        .chain(steps)
        .collect()
}

#[test]
fn the_playbooks_are_whole_in_three_languages() {
    let english = playbooks().unwrap();
    assert_eq!(playbooks_in("en").unwrap(), english);
    for language in ["fr", "ar"] {
        let translated = playbooks_in(language).unwrap();
        assert_eq!(translated.len(), english.len());
        for (ours, theirs) in english.iter().zip(&translated) {
            assert_eq!(ours.id, theirs.id);
            assert_eq!(bones(ours), bones(theirs), "{language} {}", ours.id);
            for (text, other) in texts(ours).into_iter().zip(texts(theirs)) {
                assert_ne!(text, other, "{language} {}", ours.id);
                let arabic = other.chars().any(|c| ('\u{621}'..='\u{64a}').contains(&c));
                assert_eq!(arabic, language == "ar", "{language}: {other}");
            }
        }
    }
    let file = include_str!("../playbooks/fr.toml");
    let refused = |text: &str| {
        let refused = PlaybookTexts::from_toml(text, &english).unwrap_err();
        assert_eq!(refused.code(), "aid-playbook");
        refused.to_string()
    };
    let missing = refused(&file.replacen("step.power]", "step.power-off]", 1));
    assert!(
        missing.contains("power: the step has no texts"),
        "{missing}"
    );
    let other = refused(&file.replace("playbook.wiper", "playbook.revenge"));
    assert!(other.contains("no such playbook"), "{other}");
    let long = refused(&file.replacen("Gardez le message.", &"mot ".repeat(16), 1));
    assert!(long.contains("15 words"), "{long}");
    let fewer = refused(&file.replacen(
        "never = [\"supprimer ou transférer le message\", ",
        "never = [",
        1,
    ));
    assert!(fewer.contains("as many things"), "{fewer}");
    let none = refused(&file.replacen("[\"l’heure du prochain échange\"]", "[\" \"]", 1));
    assert!(none.contains("care"), "{none}");
}
