//! How many it takes, by hand, by brute force, and at the limits.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use solferino_witness::policy::{
    Dimension, MAX_SETS, MAX_VALUE_BYTES, Register, Threat, UNDECLARED, lint,
};
use tlog::{KeyType, Policy, SigningKey, VerifierKey};

fn key(n: usize) -> VerifierKey {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&(n as u64 + 1).to_be_bytes());
    let name = format!("w{n}.example");
    SigningKey::from_seed(&name, seed, KeyType::CosignatureV1)
        .unwrap()
        .verifier_key()
}

fn witnesses(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, n| {
        writeln!(text, "witness w{n} {} http://127.0.0.1/", key(n)).unwrap();
        text
    })
}

fn flat(k: usize, n: usize) -> Policy {
    let names: Vec<_> = (0..n).map(|n| format!("w{n}")).collect();
    let text = format!(
        "{}group q {k} {}\nquorum q\n",
        witnesses(n),
        names.join(" ")
    );
    Policy::parse(text).unwrap()
}

fn line(n: usize, [operator, jurisdiction, owner, host, implementation]: [&str; 5]) -> String {
    format!(
        "#register w{n} operator={operator} jurisdiction={jurisdiction} owner={owner} host={host} implementation={implementation}\n"
    )
}

#[test]
fn k_of_n_by_hand() {
    for (k, n, split, forge, halt) in [
        (1, 1, 1, 1, 1),
        (2, 3, 1, 2, 2),
        (3, 3, 3, 3, 1),
        (3, 5, 1, 3, 3),
        (4, 5, 3, 4, 2),
        (2, 4, 0, 2, 3),
        (1, 3, 0, 1, 3),
        (17, 32, 2, 17, 16),
    ] {
        let found = lint(&flat(k, n), &Register::default());
        for (threat, wanted) in [
            (Threat::Split, split),
            (Threat::Forge, forge),
            (Threat::Halt, halt),
        ] {
            let of = found.of(threat, Dimension::Witness).unwrap();
            assert_eq!(
                (of.at_least, of.at_most),
                (wanted, wanted),
                "{k} of {n} {threat:?}"
            );
            assert!(of.sets.iter().all(|set| set.len() == wanted));
        }
        assert_eq!(found.is_void(), split == 0, "{k} of {n}");
    }
}

#[test]
fn three_witnesses_in_two_hands_are_worth_two() {
    let policy = flat(2, 3);
    let text = [
        line(0, ["ministry", "CH", "state-a", "rack-1", "solferino"]),
        line(1, ["institute", "SE", "state-a", "rack-1", "solferino"]),
        line(2, ["archive", "SE", "trust-b", "rack-2", "solferino"]),
    ];
    let found = lint(&policy, &Register::read(&text.concat()).unwrap());
    let count = |threat, dimension| {
        let smallest = found.of(threat, dimension).unwrap();
        assert!(smallest.is_exact());
        smallest.at_most
    };
    assert_eq!(count(Threat::Forge, Dimension::Operator), 2);
    assert_eq!(count(Threat::Forge, Dimension::Owner), 1);
    assert_eq!(count(Threat::Halt, Dimension::Host), 1);
    assert_eq!(count(Threat::Halt, Dimension::Implementation), 1);
    let split = found.of(Threat::Split, Dimension::Jurisdiction).unwrap();
    assert_eq!(split.sets, [["CH"], ["SE"]]);
    let host = found.of(Threat::Forge, Dimension::Host).unwrap();
    assert_eq!(host.sets, [["rack-1"]]);
}

#[test]
fn what_nobody_declared_counts_as_one_hand() {
    let policy = flat(3, 4);
    let text = line(0, ["archive", "SE", "trust-b", "rack-2", "solferino"]) + &line(9, ["x"; 5]);
    let wrong = Register::read(&text).unwrap_err();
    assert_eq!(wrong.line, 2);
    let text = line(0, ["archive", "SE", "trust-b", "rack-2", "solferino"])
        + &line(9, ["archive", "SE", "trust-b", "rack-2", "solferino"]);
    let found = lint(&policy, &Register::read(&text).unwrap());
    assert_eq!(found.undeclared, ["w1", "w2", "w3"]);
    assert_eq!(found.strangers, ["w9"]);
    let forge = found.of(Threat::Forge, Dimension::Operator).unwrap();
    assert_eq!(forge.sets, [[UNDECLARED]]);
}

#[test]
fn no_quorum_is_worth_nothing_and_idle_witnesses_are_named() {
    let none = Policy::parse(witnesses(2) + "quorum none\n").unwrap();
    let found = lint(&none, &Register::default());
    assert!(found.is_void() && found.findings.is_empty());
    assert_eq!(found.idle, ["w0", "w1"]);
    let one = Policy::parse(witnesses(2) + "quorum w1\n").unwrap();
    let found = lint(&one, &Register::default());
    assert_eq!(
        (found.idle, found.counting),
        (vec!["w0".to_owned()], vec!["w1".to_owned()])
    );
}

#[test]
fn a_register_line_has_one_spelling() {
    let good = ["archive", "SE", "trust-b", "rack-2", "solferino"];
    assert!(Register::read(&line(0, good)).is_ok());
    let long = "a".repeat(MAX_VALUE_BYTES);
    assert!(Register::read(&line(0, [&long, "SE", "b", "c", "d"])).is_ok());
    let longer = "a".repeat(MAX_VALUE_BYTES + 1);
    for bad in [
        [longer.as_str(), "SE", "b", "c", "d"],
        ["Archive", "SE", "b", "c", "d"],
        ["", "SE", "b", "c", "d"],
        ["a", "se", "b", "c", "d"],
        ["a", "SWE", "b", "c", "d"],
    ] {
        assert!(Register::read(&line(0, bad)).is_err(), "{bad:?}");
    }
    for bad in [
        "#register\n".to_owned(),
        "#register w0 operator=a\n".to_owned(),
        line(0, good).replace("host", "hoster"),
        line(0, good).replace('\n', " host=other\n"),
        line(0, good) + &line(0, good),
    ] {
        assert!(Register::read(&bad).is_err(), "{bad}");
    }
    // Other lines are the policy's own, other comments nobody's.
    assert_eq!(
        Register::read("# register w0\n#registered\nquorum none\n"),
        Ok(Register::default())
    );
}

#[test]
fn a_policy_of_many_witnesses_in_many_groups_stays_exact() {
    // Eight regions of four witnesses each, three of four in five regions.
    let mut text = witnesses(32);
    for region in 0..8 {
        let names: Vec<_> = (0..4).map(|n| format!("w{}", 4 * region + n)).collect();
        writeln!(text, "group r{region} 3 {}", names.join(" ")).unwrap();
    }
    text += "group q 5 r0 r1 r2 r3 r4 r5 r6 r7\nquorum q\n";
    // Operators cut across the regions.
    for n in 0..32 {
        let operator = format!("op-{}", n * 7 % 11);
        text += &line(n, [&operator, "SE", "o", "h", "i"]);
    }
    let found = lint(
        &Policy::parse(&text).unwrap(),
        &Register::read(&text).unwrap(),
    );
    // Two regions in both views, two witnesses of each.
    assert_eq!(
        found.of(Threat::Split, Dimension::Witness).unwrap().at_most,
        4
    );
    let operators = found.of(Threat::Forge, Dimension::Operator).unwrap();
    assert!(operators.is_exact(), "{operators:?}");
    let halt = found.of(Threat::Halt, Dimension::Witness).unwrap();
    assert!(halt.sets.len() <= MAX_SETS && halt.more);
}

/// A random tree over up to seven witnesses, and a class for each.
fn tree() -> impl Strategy<Value = (String, usize, Vec<usize>)> {
    (1..=7_usize, any::<[u8; 12]>()).prop_map(|(count, dice)| {
        let mut text = witnesses(count);
        let mut open: Vec<String> = (0..count).map(|n| format!("w{n}")).collect();
        let mut dice = dice.into_iter().map(usize::from).cycle();
        let mut groups = 0;
        while open.len() > 1 || groups == 0 {
            let most = open.len().min(4);
            let take = 1 + dice.next().unwrap() % most;
            let take = if groups > 3 { open.len() } else { take };
            let members: Vec<String> = open.drain(..take).collect();
            let k = 1 + dice.next().unwrap() % take;
            writeln!(text, "group g{groups} {k} {}", members.join(" ")).unwrap();
            open.push(format!("g{groups}"));
            groups += 1;
        }
        writeln!(text, "quorum {}", open.remove(0)).unwrap();
        let classes = (0..count).map(|_| dice.next().unwrap() % 4).collect();
        (text, count, classes)
    })
}

/// By the definition of the threats, over all subsets, with tlog's own judge of quorums.
fn holds(policy: &Policy, count: usize, threat: Threat, bad: u32) -> bool {
    let signed = |set: u32| {
        let keys: Vec<_> = (0..count).filter(|n| set >> n & 1 == 1).map(key).collect();
        policy.is_satisfied_by(&keys)
    };
    let all = (1_u32 << count) - 1;
    match threat {
        Threat::Forge => signed(bad),
        Threat::Halt => !signed(all & !bad),
        Threat::Split => (0..=all)
            .filter(|view| view & bad == 0)
            .any(|view| signed(view | bad) && signed((all & !view) | bad)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn the_smallest_sets_are_those_of_brute_force((text, count, classes) in tree()) {
        let lines: String = classes.iter().enumerate().fold(String::new(), |lines, (n, class)| {
            lines + &line(n, [&format!("op-{class}"), "SE", "o", "h", "i"])
        });
        let policy = Policy::parse(&text).unwrap();
        let found = lint(&policy, &Register::read(&lines).unwrap());
        let mut operators: BTreeMap<String, u32> = BTreeMap::new();
        for (n, class) in classes.iter().enumerate() {
            *operators.entry(format!("op-{class}")).or_default() |= 1 << n;
        }
        let alone: BTreeMap<String, u32> = (0..count).map(|n| (format!("w{n}"), 1 << n)).collect();
        for (dimension, hands) in [(Dimension::Witness, &alone), (Dimension::Operator, &operators)] {
            for threat in Threat::ALL {
                let names: Vec<&String> = hands.keys().collect();
                let chosen = |set: u32| -> Vec<String> {
                    (0..names.len()).filter(|n| set >> n & 1 == 1).map(|n| names[n].clone()).collect()
                };
                let mut reaching: Vec<Vec<String>> = (0..1_u32 << names.len()).map(chosen)
                    .filter(|set| {
                        let bad = set.iter().fold(0, |bad, name| bad | hands[name]);
                        holds(&policy, count, threat, bad)
                    })
                    .collect();
                let least = reaching.iter().map(Vec::len).min().unwrap();
                reaching.retain(|set| set.len() == least);
                reaching.sort();
                let smallest = found.of(threat, dimension).unwrap();
                prop_assert_eq!((smallest.at_least, smallest.at_most), (least, least));
                if reaching.len() <= MAX_SETS {
                    prop_assert_eq!(&smallest.sets, &reaching, "{:?} {:?}", threat, dimension);
                } else {
                    prop_assert!(smallest.more);
                    prop_assert!(smallest.sets.iter().all(|set| reaching.contains(set)));
                }
            }
        }
    }
}
