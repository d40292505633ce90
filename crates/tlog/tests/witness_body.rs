//! Bodies of the witness protocol.

use solferino_tlog as tlog;
use tlog::{
    AddCheckpoint, Hash, MAX_ANSWER_SIGNATURES, MAX_WITNESS_BODY_BYTES, SignSubtree, Subtree,
    WitnessBodyError,
};

use crate::support::{leaf, signed_checkpoint, subtree_key, tree};

/// A request from size 9 to size 20.
pub(crate) fn add_checkpoint() -> AddCheckpoint {
    let (checkpoint, note) = signed_checkpoint(20, &[]);
    AddCheckpoint {
        old: 9,
        proof: tlog::consistency_proof(&tree(20), 9, 20).unwrap(),
        note,
        checkpoint,
    }
}

/// A request for the leaves 8 to 12 of 20.
pub(crate) fn sign_subtree() -> SignSubtree {
    let (checkpoint, mut note) = signed_checkpoint(20, &[]);
    let whole = tree(20);
    let subtree = Subtree::new(8, 13).unwrap();
    note.signatures = vec![tlog::cosign(&note.text, &subtree_key("w.example/pq"), 1).unwrap()];
    SignSubtree {
        subtree,
        hash: tlog::subtree_hash(&whole, &subtree).unwrap(),
        proof: tlog::subtree_consistency_proof(&whole, &subtree, 20).unwrap(),
        note,
        checkpoint,
    }
}

#[test]
fn requests_round_trip() {
    let add = add_checkpoint();
    let body = add.to_string();
    assert_eq!(AddCheckpoint::parse(body.as_bytes()), Ok(add.clone()));
    let first = AddCheckpoint {
        old: 0,
        proof: Vec::new(),
        ..add
    };
    assert!(first.to_string().starts_with("old 0\n\nexample.org/log\n"));
    assert_eq!(
        AddCheckpoint::parse(first.to_string().as_bytes()),
        Ok(first)
    );
    let sign = sign_subtree();
    let body = sign.to_string();
    assert!(body.starts_with("subtree 8 13\n"));
    assert_eq!(SignSubtree::parse(body.as_bytes()), Ok(sign));
}

#[test]
fn the_example_of_the_specification_reads() {
    // Its signatures are made up; its form is not.
    let body = "old 20852014\n\
        PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
        jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
        5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
        /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\
        \n\
        example.com/behind-the-sofa\n\
        20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\
        \n\
        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
    let add = AddCheckpoint::parse(body.as_bytes()).unwrap();
    assert_eq!((add.old, add.proof.len()), (20_852_014, 4));
    assert_eq!(add.checkpoint.size, 20_852_163);
    assert_eq!(add.note.signatures.len(), 2);
    assert_eq!(add.to_string(), body);
}

#[test]
fn other_forms_of_requests_are_refused_by_name() {
    let good = add_checkpoint().to_string();
    let refused = |from: &str, to: &str| {
        AddCheckpoint::parse(good.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    for (from, to) in [("old 9", "Old 9"), ("old 9", "9"), ("old 9\n", "")] {
        assert!(matches!(
            refused(from, to),
            WitnessBodyError::Line { line: 1, .. }
        ));
    }
    for to in ["old 09", "old ", "old  9", "old 9 ", "old -1", "old 9\r"] {
        assert!(matches!(
            refused("old 9", to),
            WitnessBodyError::Number { line: 1, .. }
        ));
    }
    assert!(matches!(
        refused("old 9\n", "old 9\nAAAA\n"),
        WitnessBodyError::HashLine { line: 2, .. }
    ));
    assert!(matches!(
        refused("example.org/log\n20", "\n20"),
        WitnessBodyError::Checkpoint(_)
    ));
    assert!(matches!(
        refused("\n\n—", "\nextension\n\n—"),
        WitnessBodyError::Checkpoint(_)
    ));
    let no_separator = AddCheckpoint::parse(b"old 9\n").unwrap_err();
    assert_eq!(no_separator, WitnessBodyError::NoSeparator);
    assert_eq!(
        AddCheckpoint::parse(b"old \xff"),
        Err(WitnessBodyError::NotUtf8 { offset: 4 })
    );

    let good = sign_subtree().to_string();
    let refused =
        |to: &str| SignSubtree::parse(good.replacen("8 13", to, 1).as_bytes()).unwrap_err();
    assert!(matches!(refused("9 13"), WitnessBodyError::Subtree(_)));
    assert!(matches!(refused("13 8"), WitnessBodyError::Subtree(_)));
    assert!(matches!(refused("8"), WitnessBodyError::Line { .. }));
    assert!(matches!(refused("8 13 "), WitnessBodyError::Number { .. }));
    assert!(matches!(
        refused("16 21"),
        WitnessBodyError::BeyondCheckpoint { size: 20, .. }
    ));
    let hash = sign_subtree().hash.to_base64();
    let without = good.replacen(&format!("{hash}\n"), "", 1);
    // The first hash of the proof then stands for the subtree's: nothing tells them apart.
    assert!(SignSubtree::parse(without.as_bytes()).is_ok());
}

#[test]
fn requests_have_a_longest_proof_and_a_longest_body() {
    let mut add = add_checkpoint();
    add.proof = (0..63).map(leaf).collect::<Vec<Hash>>();
    assert_eq!(
        AddCheckpoint::parse(add.to_string().as_bytes()),
        Ok(add.clone())
    );
    add.proof.push(leaf(63));
    assert_eq!(
        AddCheckpoint::parse(add.to_string().as_bytes()),
        Err(WitnessBodyError::ProofTooLong)
    );
    let mut long = add_checkpoint();
    let name = "n".repeat(MAX_WITNESS_BODY_BYTES - long.to_string().len() - 14);
    let line = format!("— {name} AAAAAAA=");
    long.note
        .signatures
        .push(tlog::NoteSignature::parse(&line).unwrap());
    assert_eq!(long.to_string().len(), MAX_WITNESS_BODY_BYTES);
    assert!(AddCheckpoint::parse(long.to_string().as_bytes()).is_ok());
    let longer = long.to_string().replacen("nnn", "nnnn", 1);
    assert!(matches!(
        AddCheckpoint::parse(longer.as_bytes()),
        Err(WitnessBodyError::TooLarge { .. })
    ));
}

#[test]
fn answers_round_trip() {
    let (_, note) = signed_checkpoint(20, &[1, 2]);
    let body = tlog::signature_lines_body(&note.signatures);
    assert_eq!(
        tlog::parse_signature_lines(body.as_bytes()),
        Ok(note.signatures.clone())
    );
    let many = |count| {
        let lines: Vec<_> = note
            .signatures
            .iter()
            .cloned()
            .cycle()
            .take(count)
            .collect();
        tlog::parse_signature_lines(tlog::signature_lines_body(&lines).as_bytes())
    };
    assert!(many(MAX_ANSWER_SIGNATURES).is_ok());
    let count = MAX_ANSWER_SIGNATURES + 1;
    assert_eq!(many(count), Err(WitnessBodyError::AnswerLines { count }));
    assert_eq!(many(0), Err(WitnessBodyError::AnswerLines { count: 0 }));
    assert!(tlog::parse_signature_lines(body.trim_end().as_bytes()).is_err());
    assert!(tlog::parse_signature_lines(b"\n").is_err());

    assert_eq!(tlog::size_body(20), "20\n");
    assert_eq!(tlog::parse_size_body(b"20\n"), Ok(20));
    for other in [&b"20"[..], b"020\n", b"\n", b"20\n\n", b" 20\n"] {
        assert!(tlog::parse_size_body(other).is_err());
    }
}

#[test]
fn a_witness_finds_a_log_by_the_hash_of_its_origin() {
    assert_eq!(
        tlog::origin_hash("example.org/log"),
        tlog::sha256(b"example.org/log")
    );
}
