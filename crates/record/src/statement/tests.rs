use super::*;

/// Payloads in bulk: what is read plainly says the same as by the tree.
fn samples() -> Vec<Vec<u8>> {
    let hash = tlog::sha256(b"account");
    let body = |n: u32| match n {
        0 => {
            json!({"incident": "disruption", "sector": "health", "happened": "2013-12-24", "account_sha256": hash})
        }
        1 => {
            json!({"incident": "ransomware", "sector": "media", "happened": "2013-12-24", "account_sha256": hash,
            "region": "africa", "against_pledge": hash})
        }
        2 => json!({"time": "2014-01-01T00:00:00Z", "size": 12}),
        _ => {
            json!({"time": "2014-01-01T00:00:00Z", "size": 12, "index": {"size": 9, "time": "2014-01-01T00:00:00Z", "sha256": hash}})
        }
    };
    let payload = |n| {
        let kind = if n < 2 { "report" } else { "tick" };
        let payload = json!({"v": 1, "type": kind, "record": "record.example/ours", "issued": "2014-01-01T00:00:00Z", "body": body(n)});
        json::canonical(&payload).into_bytes()
    };
    (0..4).map(payload).collect()
}

#[test]
fn the_plain_way_and_the_tree_agree_on_every_changed_byte() {
    let mut plainly = 0;
    let mut compare = |changed: &[u8]| {
        if let Some(said) = Said::of_plain(changed) {
            plainly += 1;
            let text = String::from_utf8_lossy(changed);
            assert_eq!(Ok(said), Said::of_tree(changed), "{text}");
            // Plain texts are in their one form besides.
            let value = json::parse(changed).unwrap();
            assert_eq!(json::canonical(&value), text);
        }
    };
    for good in samples() {
        assert!(Said::of_plain(&good).is_some());
        for at in 0..good.len() {
            for byte in 0..=255 {
                let mut changed = good.clone();
                changed[at] = byte;
                compare(&changed);
                changed.splice(at..=at, [good[at], byte]);
                compare(&changed);
            }
            let mut shorter = good.clone();
            shorter.remove(at);
            compare(&shorter);
        }
    }
    assert!(plainly > 1000, "{plainly} were read plainly");
}

#[test]
fn what_serde_forgives_is_left_to_the_tree_which_refuses_it() {
    let hash = tlog::sha256(b"account");
    let body = json!({"incident": "disruption", "sector": "health", "happened": "2013-12-24", "account_sha256": hash});
    let with = |field: &str, value: Value| {
        let mut body = body.clone();
        body[field] = value;
        ("report", body)
    };
    let tick = json!({"time": "2014-01-01T00:00:00Z", "size": 12});
    let index = |index: Value| {
        let mut tick = tick.clone();
        tick["index"] = index;
        ("tick", tick)
    };
    let said = [
        (
            "report",
            json!(["disruption", "health", "2013-12-24", "europe", hash, null]),
        ),
        with("incident", json!({"disruption": null})),
        with("region", Value::Null),
        with("region", json!({"europe": null})),
        ("tick", json!(["2014-01-01T00:00:00Z", 12, null])),
        index(Value::Null),
        index(json!([9, "2014-01-01T00:00:00Z", hash])),
    ];
    for (kind, body) in said {
        let payload = json!({"v": 1, "type": kind, "record": "record.example/ours", "issued": "2014-01-01T00:00:00Z", "body": body});
        let text = json::canonical(&payload).into_bytes();
        assert_eq!(Said::of_plain(&text), None, "{payload}");
        assert!(Said::of_tree(&text).is_err(), "{payload}");
    }
}

#[test]
fn what_has_more_or_less_is_left_to_the_tree() {
    for good in samples() {
        let text = String::from_utf8(good).unwrap();
        let more = text.replace("\"v\":1", "\"sealed\":{},\"v\":1");
        let unknown = text.replacen("{\"", "{\"aa\":1,\"", 2);
        let twice = text.replacen("\"issued\"", "\"body\":{},\"issued\"", 1);
        for other in [more, unknown, twice, text.replace("\"v\":1", "\"v\":2")] {
            assert_eq!(Said::of_plain(other.as_bytes()), None, "{other}");
        }
        for end in 0..text.len() {
            assert_eq!(Said::of_plain(&text.as_bytes()[..end]), None);
        }
    }
}

#[test]
fn many_are_read_as_each_is_read_alone() {
    let key = SigningKey::from_seed("somebody", [7; 32], tlog::KeyType::Ed25519).unwrap();
    let mut entries: Vec<Vec<u8>> = Vec::new();
    for round in 0..20 {
        for payload in samples() {
            let mut entry = envelope::sign(&payload, &key);
            if round % 3 == 1 {
                // Some are no statements then, and of some the signature does not hold.
                let at = entry.len() - 1 - round * 20;
                entry[at] ^= 1;
            }
            entries.push(entry);
        }
    }
    let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
    let alone: Vec<_> = entries.iter().map(|entry| Verified::parse(entry)).collect();
    let held = alone.iter().filter(|read| read.is_ok()).count();
    assert!((1..alone.len()).contains(&held) && alone.len() > CHECKED_TOGETHER);
    assert_eq!(
        Verified::parse_each(&entries, &mut KnownKeys::default()),
        alone
    );
}
