//! The guard: nothing outside what the requester signed, and nothing that is not defence.

use solferino_aid::{
    Account, Action, Domain, DomainScope, GuardRefusal, Label, MAX_TARGETS, Network, Plan, Scope,
    Target, guard,
};
use std::collections::BTreeSet;

const DAY_S: i64 = 24 * 3600;

fn domain(text: &str) -> Domain {
    text.parse().unwrap()
}

fn label(text: &str) -> Label {
    text.parse().unwrap()
}

fn scope() -> Scope {
    let own = |name, below| DomainScope {
        name: domain(name),
        below,
    };
    let networks: [Network; 3] =
        ["192.0.2.0/24", "198.51.100.7/32", "2001:db8:1::/48"].map(|net| net.parse().unwrap());
    Scope {
        domains: BTreeSet::from([
            own("clinic.example.org", true),
            own("www.newsroom.example", false),
        ]),
        networks: networks.into(),
        accounts: BTreeSet::from([Account {
            service: domain("mail.example.com"),
            name: label("desk"),
        }]),
        hosts: BTreeSet::from([label("ward-3")]),
        actions: Action::ALL
            .iter()
            .copied()
            .filter(|action| *action != Action::Restore)
            .collect(),
        from_s: 1_000,
        until_s: 1_000 + DAY_S,
    }
}

fn ip(text: &str) -> Target {
    Target::Ip(text.parse().unwrap())
}

fn account(service: &str, name: &str) -> Target {
    Target::Account {
        service: domain(service),
        name: label(name),
    }
}

fn refusals(action: Action, targets: Vec<Target>, at_s: i64) -> Vec<GuardRefusal> {
    guard(&scope(), &Plan { action, targets }, at_s)
        .err()
        .unwrap_or_default()
}

#[test]
fn only_what_the_requester_signed_is_touched() {
    let inside = [
        Target::Domain(domain("clinic.example.org")),
        Target::Domain(domain("pacs.ward.clinic.example.org")),
        Target::Domain(domain("www.newsroom.example")),
        ip("192.0.2.0"),
        ip("192.0.2.255"),
        ip("::ffff:192.0.2.9"),
        ip("198.51.100.7"),
        ip("2001:db8:1:ffff::1"),
        account("mail.example.com", "desk"),
        Target::Host(label("ward-3")),
    ];
    let outside = [
        Target::Domain(domain("example.org")),
        Target::Domain(domain("notclinic.example.org")),
        Target::Domain(domain("clinic.example.org.attacker.example")),
        Target::Domain(domain("blog.www.newsroom.example")),
        Target::Domain(domain("newsroom.example")),
        ip("192.0.3.0"),
        ip("192.0.1.255"),
        ip("198.51.100.6"),
        ip("2001:db8:2::1"),
        ip("::192.0.2.9"),
        ip("::ffff:192.0.3.9"),
        account("mail.example.com", "Desk"),
        account("mail.example.com.evil.example", "desk"),
        account("other.example.com", "desk"),
        Target::Host(label("ward-4")),
    ];
    let touching = Action::ALL
        .iter()
        .copied()
        .filter(|action| action.touches() && *action != Action::Restore);
    for action in touching {
        assert_eq!(refusals(action, inside.to_vec(), 1_000), [], "{action}");
        for target in &outside {
            let refused = refusals(action, vec![inside[0].clone(), target.clone()], 1_000);
            assert_eq!(refused, [GuardRefusal::OutsideScope(target.clone())]);
            assert_eq!(refused[0].code(), "aid-outside-scope");
        }
    }
    let all = refusals(Action::Isolate, outside.to_vec(), 1_000);
    assert_eq!(
        all.len(),
        outside.len(),
        "every target that lies outside is named"
    );
}

#[test]
fn a_scope_holds_from_to_and_for_what_it_says() {
    let own = || vec![Target::Host(label("ward-3"))];
    assert_eq!(
        refusals(Action::Isolate, own(), 999)[0].code(),
        "aid-scope-not-in-force"
    );
    assert_eq!(refusals(Action::Isolate, own(), 1_000), []);
    assert_eq!(refusals(Action::Isolate, own(), 1_000 + DAY_S - 1), []);
    assert_eq!(
        refusals(Action::Isolate, own(), 1_000 + DAY_S)[0].code(),
        "aid-scope-not-in-force"
    );
    assert_eq!(
        refusals(Action::Restore, own(), 1_000),
        [GuardRefusal::NotAuthorised(Action::Restore)]
    );
    assert_eq!(
        refusals(Action::Isolate, vec![], 1_000),
        [GuardRefusal::NoTarget(Action::Isolate)]
    );
    assert_eq!(refusals(Action::Advise, vec![], 1_000), []);
    assert_eq!(
        refusals(Action::Advise, own(), 1_000),
        [GuardRefusal::NeedlessTarget(Action::Advise)]
    );
    let many = vec![own().remove(0); MAX_TARGETS];
    assert_eq!(refusals(Action::Isolate, many.clone(), 1_000), []);
    let more = [many, own()].concat();
    assert_eq!(
        refusals(Action::Isolate, more, 1_000),
        [GuardRefusal::TooMany(MAX_TARGETS + 1)]
    );
    assert_eq!(
        refusals(Action::Restore, vec![ip("203.0.113.1")], 0).len(),
        3,
        "all reasons, not the first"
    );
}

#[test]
fn nobody_signs_for_what_is_everybodys() {
    let with = |name: &str| {
        let domains = BTreeSet::from([DomainScope {
            name: domain(name),
            below: true,
        }]);
        Scope { domains, ..scope() }
    };
    for suffix in ["co.uk", "github.io", "gov.uk", "com.br"] {
        assert!(with(suffix).check().is_err(), "{suffix}");
        // Even unchecked it covers nothing.
        assert!(!with(suffix).covers(&Target::Domain(domain(&format!("anybody.{suffix}")))));
    }
    for own in ["clinic.co.uk", "newsroom.github.io", "example.org"] {
        assert!(with(own).check().is_ok(), "{own}");
    }
    assert!("com".parse::<Domain>().is_err(), "one label is no domain");
    for wide in ["0.0.0.0/0", "192.0.0.0/15", "::/0", "2001:db8::/31"] {
        assert!(wide.parse::<Network>().is_err(), "{wide}");
    }
    for fits in ["192.168.0.0/16", "2001:db8::/32"] {
        assert!(fits.parse::<Network>().is_ok(), "{fits}");
    }
}

#[test]
fn targets_and_networks_have_one_spelling() {
    let bad = [
        "",
        ".",
        "a",
        "A.example",
        "a.example.",
        ".a.example",
        "a..example",
        "a b.example",
        "-a.example",
        "a-.example",
        "ä.example",
        "a.example/x",
        "192.0.2.1",
        "a.1",
        "a.0x7f",
        "3221225985",
        "user@a.example",
        "a.example:80",
    ];
    for text in bad {
        assert!(text.parse::<Domain>().is_err(), "{text:?}");
    }
    assert!("xn--bcher-kva.example".parse::<Domain>().is_ok());
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert!(longest.parse::<Domain>().is_ok() && format!("{longest}a").parse::<Domain>().is_err());
    for text in [
        "192.0.2.1/24",
        "192.0.2.0",
        "192.0.2.0/024",
        "192.0.2.0/33",
        "192.0.2.0/+24",
        "::ffff:192.0.2.0/120",
        "x/24",
    ] {
        assert!(text.parse::<Network>().is_err(), "{text:?}");
    }
    let json = serde_json::to_string(&scope()).unwrap();
    assert_eq!(serde_json::from_str::<Scope>(&json).unwrap(), scope());
}

#[test]
fn scopes_have_limits() {
    let refused = |change: &dyn Fn(&mut Scope)| {
        let mut scope = scope();
        change(&mut scope);
        scope.check().is_err()
    };
    assert!(!refused(&|_| {}));
    assert!(refused(&|scope| scope.actions.clear()));
    assert!(refused(&|scope| scope.until_s = scope.from_s));
    assert!(!refused(&|scope| scope.until_s = scope.from_s + 30 * DAY_S));
    assert!(refused(
        &|scope| scope.until_s = scope.from_s + 30 * DAY_S + 1
    ));
    let hosts = |many: usize| (0..many).map(|number| label(&number.to_string())).collect();
    assert!(!refused(&|scope| scope.hosts = hosts(1_000)));
    assert!(refused(&|scope| scope.hosts = hosts(1_001)));
}

/// The lists that decide what helpers can be asked to do have no word for attack.
#[test]
fn there_is_no_word_for_offence() {
    let words = Action::ALL.iter().map(|action| action.as_str());
    let words = words.chain(solferino_aid::Skill::ALL.iter().map(|skill| skill.as_str()));
    for word in words {
        for bad in [
            "hack", "attack", "exploit", "scan", "offen", "intrud", "counter", "disrupt",
            "retaliat", "implant",
        ] {
            assert!(!word.contains(bad), "{word}");
        }
    }
    for word in ["hack-back", "scan", "take-down", "counter-attack"] {
        assert!(word.parse::<Action>().is_err() && word.parse::<solferino_aid::Skill>().is_err());
    }
}
