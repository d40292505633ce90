//! Renaming countries permutes the outputs and changes nothing else, bit for bit.

use rehearsal::{CaseScript, Procedure, ScriptClaim, corpus, play_stage};

use crate::support::{at, cast, founded, script};

/// Everything a case came to, as text, with the two states' codes exchanged if asked.
fn played(script: &CaseScript) -> Vec<String> {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = Procedure::new(&cast, &mut desk, at("2014-01-01T00:00:00Z"));
    let mut out = Vec::new();
    for stage in 0..script.stages.len() {
        let outcome = play_stage(&mut p, script, stage).unwrap();
        let mut proposal = outcome.proposal;
        // identities of statements and of the result follow from the names they contain
        proposal.basis.clear();
        proposal.blind.mask = None;
        proposal.result_sha256 = tlog::sha256(b"");
        out.push(serde_json::to_string(&proposal).unwrap());
        let mut replayed = outcome.replayed;
        for item in &mut replayed.inputs.items {
            item.exhibits.clear();
        }
        out.push(replayed.bytes());
    }
    out
}

/// The same script with two states exchanged wherever they stand.
fn exchanged(script: &CaseScript, a: &str, b: &str) -> CaseScript {
    let swap = |code: &mut String| {
        if code == a {
            *code = b.to_string();
        } else if code == b {
            *code = a.to_string();
        }
    };
    let mut out = script.clone();
    out.hypotheses
        .actors
        .iter_mut()
        .filter_map(|x| x.state.as_mut())
        .for_each(swap);
    out.hypotheses
        .relations
        .iter_mut()
        .map(|x| &mut x.state)
        .for_each(swap);
    out.items
        .iter_mut()
        .filter_map(|x| x.source.state.as_mut())
        .for_each(swap);
    // A claim that names one state becomes the same claim naming the other.
    out.claim = out.claim.map(|claim| {
        let text = serde_json::to_string(&claim.assertions).unwrap();
        let assertions = serde_json::from_str(&exchange_text(&text, a, b)).unwrap();
        ScriptClaim {
            assertions,
            ..claim
        }
    });
    out
}

fn exchange_text(text: &str, a: &str, b: &str) -> String {
    text.replace(&format!("\"{a}\""), "\"?\"")
        .replace(&format!("\"{b}\""), &format!("\"{a}\""))
        .replace("\"?\"", &format!("\"{b}\""))
}

#[test]
fn exchanging_two_states_exchanges_them_in_the_finding() {
    let mut scripts = vec![(script("renamed"), "XA", "XB")];
    for case in corpus::scripts().unwrap() {
        scripts.extend(match case.id.as_str() {
            "olympic-2018" | "olympic-claim-2018" => Some((case, "RU", "KP")),
            "sony-2014" => Some((case, "KP", "ZZ")),
            "solarwinds-2020" => Some((case, "RU", "ZZ")),
            _ => None,
        });
    }
    for (script, a, b) in scripts {
        let expected: Vec<_> = played(&script)
            .iter()
            .map(|t| exchange_text(t, a, b))
            .collect();
        for (stage, (is, wanted)) in played(&exchanged(&script, a, b))
            .iter()
            .zip(&expected)
            .enumerate()
        {
            let differs = is.bytes().zip(wanted.bytes()).position(|(x, y)| x != y);
            assert!(
                is == wanted,
                "{} output {stage} differs from byte {differs:?}",
                script.id
            );
        }
    }
}
