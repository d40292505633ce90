//! Bodies of the mirror protocol.

use solferino_tlog as tlog;
use tlog::{
    AddEntries, EntryPackage, MAX_TICKET_BYTES, MirrorBodyError, MirrorInfo, PackageError,
    PackageSpan, Subtree,
};

use crate::support::{leaf, tree};

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

/// The package of a span in the tree of `size` leaves.
pub(crate) fn package(span: &PackageSpan, size: u64) -> EntryPackage {
    EntryPackage {
        entries: (span.first..span.subtree.end()).map(entry).collect(),
        proof: tlog::subtree_consistency_proof(&tree(size), &span.subtree, size).unwrap(),
    }
}

fn spans(start: u64, end: u64) -> Vec<(u64, u64, u64)> {
    let request = AddEntries::new("example.org/log", start, end, b"").unwrap();
    let spans = request.spans();
    spans
        .map(|span| (span.subtree.start(), span.first, span.subtree.end()))
        .collect()
}

#[test]
fn packages_end_at_multiples_of_256() {
    assert_eq!(spans(5, 5), []);
    assert_eq!(spans(0, 1), [(0, 0, 1)]);
    assert_eq!(spans(0, 256), [(0, 0, 256)]);
    assert_eq!(spans(0, 257), [(0, 0, 256), (256, 256, 257)]);
    assert_eq!(
        spans(300, 800),
        [(256, 300, 512), (512, 512, 768), (768, 768, 800)]
    );
    assert_eq!(
        spans(u64::MAX - 1, u64::MAX),
        [(u64::MAX - 255, u64::MAX - 1, u64::MAX)]
    );
}

#[test]
fn a_whole_request_round_trips_and_verifies() {
    let (start, end) = (300, 600);
    let request = AddEntries::new("example.org/log", start, end, b"ticket").unwrap();
    let mut body = request.to_bytes().unwrap();
    for span in request.spans() {
        body.extend(package(&span, end).to_bytes().unwrap());
    }
    let (read, mut rest) = AddEntries::parse(&body).unwrap();
    assert_eq!(read, request);
    let root = tree(end).root();
    for span in read.spans() {
        let (package, tail) = span.parse(rest).unwrap();
        rest = tail;
        let before: Vec<_> = (span.subtree.start()..span.first).map(leaf).collect();
        span.verify(&package, &before, end, &root).unwrap();
        let mut other = package.clone();
        other.entries[0][0] ^= 1;
        assert!(matches!(
            span.verify(&other, &before, end, &root),
            Err(PackageError::Proof(_))
        ));
        let mut fewer = package;
        fewer.entries.pop();
        assert!(matches!(
            span.verify(&fewer, &before, end, &root),
            Err(PackageError::Count { .. })
        ));
    }
    assert!(rest.is_empty());
    // Wherever the bytes stop, more are asked for; nothing else is said of them.
    for length in 0..request.to_bytes().unwrap().len() {
        assert!(matches!(
            AddEntries::parse(&body[..length]),
            Err(MirrorBodyError::Truncated { .. })
        ));
    }
    let span = request.spans().last().unwrap();
    let bytes = package(&span, end).to_bytes().unwrap();
    for length in 0..bytes.len() {
        assert!(matches!(
            span.parse(&bytes[..length]),
            Err(MirrorBodyError::Truncated { .. })
        ));
    }
}

#[test]
fn what_the_wire_cannot_hold_is_refused() {
    let new = |origin: &str, start, end, ticket: usize| {
        AddEntries::new(origin, start, end, &vec![0; ticket]).map(|_| ())
    };
    assert_eq!(new("o", 3, 3, MAX_TICKET_BYTES), Ok(()));
    let length = MAX_TICKET_BYTES + 1;
    assert_eq!(
        new("o", 3, 3, length),
        Err(MirrorBodyError::TicketTooLong { length })
    );
    let reversed = MirrorBodyError::Reversed { start: 4, end: 3 };
    assert_eq!(new("o", 4, 3, 0), Err(reversed));
    assert!(matches!(new("", 0, 3, 0), Err(MirrorBodyError::Origin(_))));
    assert!(matches!(
        new("a\nb", 0, 3, 0),
        Err(MirrorBodyError::Origin(_))
    ));
    assert_eq!(new(&"o".repeat(65_535), 0, 3, 0), Ok(()));
    let length = 65_536;
    assert_eq!(
        new(&"o".repeat(length), 0, 3, 0),
        Err(MirrorBodyError::OriginTooLong { length })
    );
    let bad = [&[0, 2, 0xff, 0xff][..], &[0; 18]].concat();
    assert!(matches!(
        AddEntries::parse(&bad),
        Err(MirrorBodyError::Origin(_))
    ));
    let entries = |length| EntryPackage {
        entries: vec![vec![0; length]],
        proof: Vec::new(),
    };
    assert!(entries(65_535).to_bytes().is_ok());
    let length = 65_536;
    assert_eq!(
        entries(length).to_bytes(),
        Err(MirrorBodyError::EntryTooLong { length })
    );
    let proof = |length| EntryPackage {
        entries: vec![vec![]],
        proof: vec![leaf(0); length],
    };
    let span = PackageSpan {
        subtree: Subtree::new(0, 1).unwrap(),
        first: 0,
    };
    let bytes = proof(63).to_bytes().unwrap();
    assert_eq!(span.parse(&bytes), Ok((proof(63), &[][..])));
    let too_long = MirrorBodyError::ProofTooLong { length: 64 };
    assert_eq!(proof(64).to_bytes(), Err(too_long.clone()));
    assert_eq!(span.parse(&[0, 0, 64]), Err(too_long));
}

#[test]
fn answers_of_a_mirror_round_trip() {
    let info = MirrorInfo {
        size: 600,
        next: 300,
        ticket: b"ticket".to_vec(),
    };
    assert_eq!(info.to_string(), "600\n300\ndGlja2V0\n");
    assert_eq!(MirrorInfo::parse(info.to_string().as_bytes()), Ok(info));
    assert!(MirrorInfo::parse(b"0\n0\n\n").unwrap().ticket.is_empty());
    for (body, line) in [
        ("", 3),
        ("600\n300\ndGlja2V0", 3),
        ("x\n300\n\n", 1),
        ("600\n0300\n\n", 2),
        ("600\n", 2),
        ("600\n300\n", 3),
        ("600\n300\n!\n", 3),
        ("600\n300\n\n\n", 4),
    ] {
        assert_eq!(
            MirrorInfo::parse(body.as_bytes()),
            Err(MirrorBodyError::Info { line }),
            "{body:?}"
        );
    }
    let longest = MirrorInfo {
        size: u64::MAX,
        next: u64::MAX,
        ticket: vec![7; MAX_TICKET_BYTES],
    };
    assert_eq!(
        MirrorInfo::parse(longest.to_string().as_bytes()),
        Ok(longest.clone())
    );
    let mut longer = longest;
    longer.ticket.push(7);
    assert!(matches!(
        MirrorInfo::parse(longer.to_string().as_bytes()),
        Err(MirrorBodyError::TicketTooLong { .. })
    ));
    let length = tlog::MAX_MIRROR_INFO_BYTES + 1;
    assert_eq!(
        MirrorInfo::parse(&vec![b'0'; length]),
        Err(MirrorBodyError::InfoTooLong { length })
    );
}
