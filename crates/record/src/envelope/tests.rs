use super::*;

fn sample() -> Vec<u8> {
    let seed = [3; 32];
    let key = SigningKey::from_seed("somebody", seed, tlog::KeyType::Ed25519).unwrap();
    sign(br#"{"v":1}"#, &key)
}

#[test]
fn the_quick_way_and_the_tree_agree_on_every_changed_byte() {
    let good = sample();
    assert!(Parts::of_canonical(&good).is_some());
    let mut quick = 0;
    for at in 0..good.len() {
        for byte in [b' ', b'"', b'\\', b'A', b'=', b'}', 0, 0xc3, good[at] ^ 1] {
            let mut changed = good.clone();
            changed[at] = byte;
            quick += u32::from(Parts::of_canonical(&changed).is_some());
            let (one, other) = (Envelope::parse(&changed), Envelope::parse_tree(&changed));
            assert_eq!(one, other, "byte {at} as {byte}");
        }
    }
    assert!(quick > 100, "both ways were taken: {quick}");
}

#[test]
fn a_key_read_before_gives_the_same_envelope_and_no_other_key() {
    let good = sample();
    let mut known = KnownKeys::default();
    for _ in 0..2 {
        assert_eq!(
            Envelope::parse_with(&good, &mut known),
            Envelope::parse(&good)
        );
    }
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1;
        let (one, other) = (
            Envelope::parse_with(&changed, &mut known),
            Envelope::parse(&changed),
        );
        assert_eq!(one, other, "byte {at}");
    }
    for n in 0..=MAX_KNOWN_KEYS as u64 {
        let seed = *tlog::sha256(&n.to_be_bytes()).as_bytes();
        let key = SigningKey::from_seed("many", seed, tlog::KeyType::Ed25519).unwrap();
        known.read(&key.verifier_key().to_string()).unwrap();
        assert!(known.0.len() <= MAX_KNOWN_KEYS);
    }
}

#[test]
fn many_are_checked_as_each_is_checked_alone() {
    let good = sample();
    let changed = |at: usize| {
        let mut changed = good.clone();
        changed[at] ^= 1;
        Envelope::parse(&changed).ok()
    };
    let mut all: Vec<_> = (0..good.len()).filter_map(changed).collect();
    all.extend(Envelope::parse(&good));
    all.extend(Envelope::parse_known(&good, &mut KnownKeys::default()));
    let all: Vec<_> = all.iter().collect();
    let alone: Vec<_> = all.iter().map(|envelope| envelope.verify()).collect();
    assert_eq!(Envelope::verify_each(&all), alone);
    assert!(alone.len() > 50 && alone.iter().filter(|held| held.is_ok()).count() == 2);
}

#[test]
fn an_entry_of_ones_own_log_is_read_the_same_but_for_its_keys_point() {
    let good = sample();
    let known = Envelope::parse_known(&good, &mut KnownKeys::default()).unwrap();
    let read = Envelope::parse(&good).unwrap();
    assert_eq!(
        (&known.payload, &known.signer),
        (&read.payload, &read.signer)
    );
    assert!(known.verify().is_ok() && read.verify().is_ok());
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1;
        let one = Envelope::parse_known(&changed, &mut KnownKeys::default());
        let other = Envelope::parse(&changed);
        match (one, other) {
            (Ok(one), Ok(other)) => assert_eq!(one.verify(), other.verify()),
            // Only the point of a key is not looked at.
            (Ok(_), Err(error)) => assert_eq!(error, EnvelopeError::KeyId),
            (one, other) => assert_eq!(one, other),
        }
    }
}

/// The text of a key that is well spelled and has no point.
fn without_a_point() -> String {
    let text = |y: u8| {
        let mut bytes = [0; 33];
        (bytes[0], bytes[1]) = (1, y);
        let id = tlog::sha256(&[&b"nobody\n"[..], &bytes].concat());
        let id: String = id.to_string().chars().take(8).collect();
        format!("nobody+{id}+{}", STANDARD.encode(bytes))
    };
    let none = |text: &String| Vkey::known(text).is_ok() && Vkey::read(text).is_err();
    (2..=255).map(text).find(none).unwrap()
}

#[test]
fn a_key_whose_text_alone_was_looked_at_is_read_before_it_is_believed() {
    let good = sample();
    let mut known = KnownKeys::default();
    Envelope::parse_known(&good, &mut known).unwrap();
    let read = Envelope::parse_with(&good, &mut known);
    assert_eq!(read, Envelope::parse(&good));
    assert!(read.unwrap().key.is_some());
    let bad = assemble(br#"{"v":1}"#, &without_a_point(), &[0; 64]);
    for _ in 0..2 {
        assert!(Envelope::parse_known(&bad, &mut known).is_ok());
        let read = Envelope::parse_with(&bad, &mut known);
        assert_eq!(read, Err(EnvelopeError::KeyId));
    }
}

#[test]
fn the_quick_way_and_the_tree_agree_on_more_and_less() {
    let good = sample();
    for end in 0..good.len() {
        assert!(Envelope::parse(&good[..end]).is_err());
    }
    for more in [&b" "[..], b"\n", b"}", b"{}"] {
        assert!(Envelope::parse(&[&good, more].concat()).is_err());
    }
    assert_eq!(Envelope::parse(&good), Envelope::parse_tree(&good));
}
