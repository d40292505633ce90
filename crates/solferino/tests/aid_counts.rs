//! What the desk computes and says of many: a round of matching, computed again; harm, in sums.

use std::path::{Path, PathBuf};
use std::process::Child;

use record::time::Timestamp;
use serde_json::{Value, json};

use crate::aid::{ends, write};
use crate::serving::{started, stop};
use crate::support::{Ran, copy_of_demo, run_in};

/// Where the demonstration's keys lie.
const KEYS: &str = "demo/keys-of-the-demo";

/// Runs `solferino aid` with words that stand apart by a space.
fn aid(dir: &Path, line: &str) -> Ran {
    let words: Vec<_> = ["aid"].into_iter().chain(line.split(' ')).collect();
    run_in(dir, &words)
}

fn read(dir: &Path, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(dir.join(name)).unwrap()).unwrap()
}

#[test]
fn the_demonstrations_round_is_computed_again_and_says_why() {
    let copy = copy_of_demo();
    let dir = copy.path();
    let (child, url) = started(dir, &["serve", "demo", "--listen", "127.0.0.1:0"]);
    let helped = &read(dir, &format!("{KEYS}/aid.json"))["campaign-messages-2016"];
    assert!(helped["label"].as_str().unwrap().contains("reconstruction"));
    let (id, round) = (
        helped["request"].as_str().unwrap(),
        helped["round"].as_str().unwrap(),
    );
    let file = format!("{KEYS}/campaign-messages-2016.round");
    let same = aid(dir, &format!("replay {file} --round {round} --url {url}")).code(0);
    assert!(same.contains("the same: 1 offers"), "{same}");
    let inputs = read(dir, &file);
    let responder = inputs["helpers"][0]["id"].as_str().unwrap();
    let why = aid(
        dir,
        &format!("explain {file} --round {round} {id} {responder} --url {url}"),
    )
    .code(0);
    assert!(why.contains("\"helps\""), "{why}");
    // Other inputs than those that were closed are found out.
    let mut other = inputs.clone();
    other["helpers"][0]["units"] = json!(1);
    write(dir, "other.round", &other);
    std::fs::copy(
        dir.join(format!("{file}.salt")),
        dir.join("other.round.salt"),
    )
    .unwrap();
    let refused = aid(
        dir,
        &format!("replay other.round --round {round} --url {url}"),
    )
    .code_err(4);
    assert!(refused.contains("not what the round closed"), "{refused}");
    // Purged: its words open nothing any more, and what remains is shown.
    let status = aid(
        dir,
        &format!("status --url {url} --words {KEYS}/campaign-messages-2016.words"),
    )
    .code(0);
    assert!(
        status.contains("what was told is destroyed") && !status.contains("careful"),
        "{status}"
    );
    stop(child);
}

/// A served copy of the demonstration whose clock the test moves.
struct Served {
    copy: tempfile::TempDir,
    child: Child,
    url: String,
    clock: PathBuf,
    at: Timestamp,
}

impl Served {
    fn new() -> Self {
        let copy = copy_of_demo();
        let at: Timestamp = ends(copy.path()).parse().unwrap();
        let clock = copy.path().join("now");
        std::fs::write(&clock, at.to_string()).unwrap();
        let steered = clock.to_str().unwrap();
        let serve = [
            "serve",
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--steered-by",
            steered,
        ];
        let (child, url) = started(copy.path(), &serve);
        Self {
            copy,
            child,
            url,
            clock,
            at,
        }
    }

    fn aid(&self, line: &str) -> Ran {
        aid(self.copy.path(), &format!("{line} --url {}", self.url))
    }

    /// Somebody asks, lets lessons be published or not, and tells harm; gives the request.
    fn harmed(&self, n: u64, publish: bool) -> String {
        let dir = self.copy.path();
        let mut form = rehearsal::corpus::requests_for_help().unwrap()[0]
            .form
            .clone();
        form.consent.publish_anonymised = publish;
        std::fs::write(dir.join("form.json"), form.to_json().unwrap()).unwrap();
        let asked = self
            .aid(&format!("request --form form.json --words-out words-{n}"))
            .code(0);
        let id = asked.split("request ").nth(1).unwrap()[..64].to_owned();
        self.tells(&id, n, 100 + n).code(0);
        id
    }

    /// The desk takes a request on.
    fn accept(&self, id: &str) {
        for step in [
            "acknowledged read-by-person",
            "vetting checks",
            "accepted verified",
        ] {
            self.aid(&format!("step {id} {step} --key {KEYS}/aid-officer.key"))
                .code(0);
        }
    }

    fn tells(&self, id: &str, n: u64, hours: u64) -> Ran {
        let harms = json!([
            {"kind": "service-lost", "unit": "hours", "count": hours, "basis": "told", "from_s": 0},
            {"kind": "threatened", "unit": "people", "basis": "seen", "from_s": 0},
        ]);
        write(self.copy.path(), "harm.json", &json!({"harms": harms}));
        self.aid(&format!("harm {id} harm.json --words words-{n}"))
    }

    fn count(&self, inputs: &str, until: Timestamp, more: &str) -> Ran {
        let from = self.at;
        let officer = format!("--key {KEYS}/aid-officer.key --identity {KEYS}/aid-officer.age");
        self.aid(&format!(
            "harm-count --from {from} --until {until} --inputs {inputs} {officer}{more}"
        ))
    }
}

#[test]
fn harm_is_told_sealed_counted_over_many_and_shown_in_sums() {
    let served = Served::new();
    let first = served.harmed(0, true);
    served.accept(&first);
    for n in 1..6 {
        served.accept(&served.harmed(n, n < 5));
    }
    // A later record takes the place of an earlier one; one with a name in it is refused before anything is sent.
    served.tells(&first, 0, 900).code(0);
    write(
        served.copy.path(),
        "named.json",
        &json!({"harms": [], "victim": "somebody"}),
    );
    let named = served
        .aid(&format!("harm {first} named.json --words words-0"))
        .code_err(1);
    assert!(named.contains("victim"), "{named}");
    let until = served.at.plus_seconds(1_800);
    std::fs::write(&served.clock, served.at.plus_seconds(3_600).to_string()).unwrap();
    let shown = served.count("inputs.json", until, " --dry-run").code(0);
    assert!(!served.copy.path().join("inputs.json").exists(), "{shown}");
    let said = served.count("inputs.json", until, "").code(0);
    // 900 + 101 + 102 + 103 + 104 = 1310: two digits of it. The sixth requester let nothing be published.
    assert!(
        said.contains("\"known\": 1300") && said.contains("\"records\": 5"),
        "{said}"
    );
    let again = served
        .count("again.json", until.plus_seconds(1), "")
        .code_err(5);
    assert!(again.contains("aid-harm"), "{again}");
    let figures: Value = serde_json::from_str(&served.aid("figures").code(0)).unwrap();
    let rows = figures["harm"]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{figures}");
    assert_eq!(
        (&rows[0]["kind"], &rows[0]["known"]),
        (&json!("service-lost"), &json!(1_300))
    );
    assert!(
        rows[1].get("known").is_none(),
        "nobody gave a number of people"
    );
    // What a requester calls `seen` rests on its word all the same.
    assert_eq!(
        (&rows[1]["records_unknown"], &rows[1]["told_only"]),
        (&json!(5), &json!(5))
    );
    stop(served.child);
}
